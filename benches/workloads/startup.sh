# starting and ending
:
