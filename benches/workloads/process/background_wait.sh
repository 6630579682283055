# Jobs in the background, waited for.
i=0 failed=0
while [ $i -lt 60 ]; do
    /bin/true &
    /bin/false &
    last=$!
    /bin/true &
    wait $last || failed=$((failed + 1))
    wait
    i=$((i + 1))
done
echo $i $failed
