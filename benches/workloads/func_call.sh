# function calls with a local variable
f() { local y=$1; r=$((y + 1)); }
for ((i = 0; i < 200000; i++)); do f "$i"; done
echo "$r"
