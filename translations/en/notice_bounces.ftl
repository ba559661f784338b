# What mail servers send back about notices, in the console.

notice-delayed = the mail server has not delivered it so far and goes on trying ({ $at })
