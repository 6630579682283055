# Pushing to an array.
list=()
for ((i = 0; i < 50000; i++)); do list+=("item $i"); done
echo ${#list[@]} "${list[777]}" "${list[-1]}"
