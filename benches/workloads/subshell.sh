# subshells that write to a variable
x=outer
for ((i = 0; i < 20000; i++)); do (x=inner); done
echo "$x"
