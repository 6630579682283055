# 100,000 command substitutions of a builtin
for ((i = 0; i < 100000; i++)); do x=$(:); done
echo "done $i"
