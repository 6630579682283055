# Characters of several bytes: length, slices, patterns, case.
text="Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich – čeština, ελληνικά, 日本語"
for ((round = 0; round < 160; round++)); do
    count=0
    for ((i = 0; i < ${#text}; i++)); do
        case ${text:i:1} in
            [a-z]) ;;
            [äöü日]) count=$((count + 1)) ;;
        esac
    done
    upper=${text^^} swapped=${text//ö/oe} end=${text#*Deich ?}
done
echo ${#text} $count "$upper" "$swapped" "$end"
