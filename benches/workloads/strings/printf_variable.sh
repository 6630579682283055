# printf -v and %q.
for ((i = 0; i < 18000; i++)); do
    printf -v stamp '%02d:%02d:%02d' $((i / 3600)) $((i / 60 % 60)) $((i % 60))
    printf -v quoted %q "it is $stamp"
done
echo "$stamp $quoted"
