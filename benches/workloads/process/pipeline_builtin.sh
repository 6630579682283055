# Pipelines of builtins and functions.
upper() { while read -r a b; do echo "$b $a"; done; }
i=0
while [ $i -lt 120 ]; do
    echo "one $i" | read -r x
    echo "two $i" | upper | { read -r n rest; [ "$n" = $i ] || echo wrong; }
    i=$((i + 1))
done
echo done $i
