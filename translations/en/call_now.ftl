### Calling a person now, from the console.

call-now = Call now
call-now-button = Place the automated call
call-now-effect = The program calls { $number } now ({ $at }), even if today's report exists.
call-now-until = If nobody is reached, it calls again until { $until }, as the health centre's settings say.
call-now-once = However often this page is sent, one call is requested.
call-now-not-callable = This person can't be called now ({ $why }).
call-now-outside-hours = This person can't be called now: it is outside the calling hours ({ $hours }).
call-now-under-way = A call to this person is under way or was requested already.
call-now-nothing = Nothing was changed. No new call is placed.
call-now-held-centre = The health centre's calls are paused. The call is placed only if they are resumed in time.
call-now-held-all = Nothing is dialled at the moment. The call is placed only if dialling is resumed in time.
call-now-done = The call was requested. It is placed in a moment.
call-now-done-waits = The call was requested. Nothing is dialled at the moment: it is placed only if dialling is resumed in time.
call-now-done-before = The call was requested already. There is one call only, and nothing was changed.
