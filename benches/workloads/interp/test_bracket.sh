# [ ] with strings and numbers, && and ||, if and elif.
i=0 small=0 odd=0 rest=0
while [ "$i" -ne 18000 ]; do
    if [ "$i" -lt 1000 ] && [ -n "$i" ]; then
        small=$((small + 1))
    elif [ $((i % 2)) = 1 ] || [ -z "$i" ]; then
        odd=$((odd + 1))
    else
        rest=$((rest + 1))
    fi
    i=$((i + 1))
done
echo $small $odd $rest
