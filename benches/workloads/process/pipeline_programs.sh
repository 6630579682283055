# Pipelines of three programs.
i=0
while [ $i -lt 60 ]; do
    cat "$INPUT/small" | tr a-z A-Z | tail -n 1
    i=$((i + 1))
done
