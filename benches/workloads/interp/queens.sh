# Eight queens by backtracking, with arrays as marks.
solutions=0
place() {
    local row=$1 column
    if ((row == 8)); then
        ((solutions++))
        return
    fi
    for ((column = 0; column < 8; column++)); do
        ((columns[column] || up[row + column] || down[row - column + 8])) && continue
        ((columns[column] = up[row + column] = down[row - column + 8] = 1))
        place $((row + 1))
        ((columns[column] = up[row + column] = down[row - column + 8] = 0))
    done
}
place 0
echo $solutions
