# The help of kenkocall bench sip.
help-bench-sip = The sound of our own line: how late packets leave, and how long a key takes to change what is said
help-bench-sip--calls = Calls at a time, half of them with keys in the sound
