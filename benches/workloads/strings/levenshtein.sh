# The distance of two words, by a table.
levenshtein() {
    local a=$1 b=$2 i j cost
    local -a previous current
    for ((j = 0; j <= ${#b}; j++)); do previous[j]=$j; done
    for ((i = 1; i <= ${#a}; i++)); do
        current=($i)
        for ((j = 1; j <= ${#b}; j++)); do
            [[ ${a:i-1:1} == "${b:j-1:1}" ]] && cost=0 || cost=1
            ((current[j] = previous[j-1] + cost))
            ((previous[j] + 1 < current[j])) && ((current[j] = previous[j] + 1))
            ((current[j-1] + 1 < current[j])) && ((current[j] = current[j-1] + 1))
        done
        previous=("${current[@]}")
    done
    distance=${previous[${#b}]}
}
for pair in "kitten sitting" "saturday sunday" "intention execution" "industry interest" \
    "characteristically uncharacteristic" "an-unconventional-computation a-conversational-compilation" \
    "internationalization institutionalisation" "counterrevolutionary counterintuitively" \
    "algorithm logarithm" "benchmark workload" \
    "interpreter compiler" "yardstick broomstick" "shellscript postscript"; do
    levenshtein $pair
    echo "$pair $distance"
done
for word in alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu; do
    levenshtein $word interpretation
    echo $word $distance
done
