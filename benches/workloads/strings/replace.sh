# ${x/a/b} in its forms.
for ((i = 0; i < 6000; i++)); do
    s="the quick brown fox number $i jumps over the lazy dog"
    a=${s/quick/slow}
    b=${s// /_}
    c=${s//[aeiou]/}
    d=${s/#the/a}
    e=${s/%dog/cat}
    f=${s//o*r/X}
done
printf '%s\n' "$a" "$b" "$c" "$d" "$e" "$f"
