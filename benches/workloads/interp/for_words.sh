# A loop over words, with break and continue.
round=0 count=0
while :; do
    round=$((round + 1))
    [ $round -gt 6000 ] && break
    for color in red green blue yellow black white; do
        case $color in
            green) continue ;;
            white) break ;;
        esac
        count=$((count + 1))
    done
done
echo $round $count
