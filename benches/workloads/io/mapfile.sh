# mapfile.
for ((i = 0; i < 20; i++)); do mapfile -t lines <"$INPUT/lines"; done
echo ${#lines[@]} "${lines[0]}" "${lines[-1]}"
