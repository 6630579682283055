# a million turns of a C-style loop with an arithmetic assignment
for ((i = 0; i < 1000000; i++)); do x=$((x + i)); done
echo "$x"
