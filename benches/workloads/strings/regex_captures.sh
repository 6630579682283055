# =~ and the groups in BASH_REMATCH: lines of a log taken apart.
re='^([0-9.]+) - ([a-z]+) \[([^]]+)\] "([A-Z]+) ([^ "]+)[^"]*" ([0-9]{3}) ([0-9]+)$'
bytes=0
for ((i = 0; i < 1800; i++)); do
    line="10.0.0.$((i % 250)) - alice [12/Mar/2024:10:00:$((i % 60))] \"GET /item/$i HTTP/1.1\" 200 $((i * 7))"
    if [[ $line =~ $re ]]; then
        bytes=$((bytes + BASH_REMATCH[7])) url=${BASH_REMATCH[5]} host=${BASH_REMATCH[1]}
    fi
done
echo $bytes $url $host
