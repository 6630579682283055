# ${ …; }: a substitution in this shell.
count=0
next() { count=$((count + 1)); echo "number $count"; }
for ((i = 0; i < 6000; i++)); do x=${ next; }; done
echo "$x" $count
