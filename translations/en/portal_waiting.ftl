# The page of those who wait for a log-in or a code.
portal-waiting = Please wait for your turn
portal-waiting-place = You are number { $place }
portal-waiting-says = Very many people are logging in or signing up. What you entered is kept. Leave this page open and press the button in a while. Your place stays yours.
portal-waiting-again = Check my place
portal-waiting-next = You are next
portal-waiting-done = It is your turn
portal-waiting-on = Go on
portal-waiting-reports = Reports need not wait: use a device that is logged in, the link from your health centre, or the health-call line.
portal-waiting-ended = Your place wasn't found. Please enter it again
