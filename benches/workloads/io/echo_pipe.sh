# Many short lines to a pipe.
i=0
while [ $i -lt 18000 ]; do
    echo "line $i of the pipe"
    i=$((i + 1))
done | tail -n 1
