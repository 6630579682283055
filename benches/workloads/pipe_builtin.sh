# pipelines of builtins
for ((i = 0; i < 5000; i++)); do echo "$i" | { read -r x; [[ $x == "$i" ]] || echo wrong; }; done
echo done
