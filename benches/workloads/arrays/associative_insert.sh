# Filling an associative array.
declare -A table 2>/dev/null || typeset -A table
for ((i = 0; i < 40000; i++)); do table[key$i]=$i; done
echo ${#table[@]} ${table[key12345]}
