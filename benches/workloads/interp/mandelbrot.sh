# The Mandelbrot set in integers.
for ((y = -20; y <= 20; y++)); do
    line=
    for ((x = -44; x <= 18; x++)); do
        ((cr = x * 200, ci = y * 220, zr = 0, zi = 0, n = 0))
        while ((n < 24)); do
            ((rr = zr * zr / 4000, ii = zi * zi / 4000))
            ((rr + ii > 16000)) && break
            ((zi = 2 * zr * zi / 4000 + ci, zr = rr - ii + cr, n++))
        done
        ((n == 24)) && line+='#' || line+=.
    done
    echo "$line"
done
