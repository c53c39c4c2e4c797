// The product of two large matrices, by the panels of product.h: for processors whose
// vectors the library does not use; see native/products.py.
#include "product.h"

#include <algorithm>

#ifdef _OPENMP
#include <omp.h>
#endif

namespace {

constexpr Size few_operations = 1 << 16;  // not worth another thread's time
constexpr Size block_rows = 48;  // that are multiplied with a panel while it is near

// Beginning of a part of `size` things that are shared out in units.
Size begin_of(Size part, Size parts, Size size, Size unit) {
    const Size units = (size + unit - 1) / unit;
    return std::min(size, units * part / parts * unit);
}

// Rows that stand far apart would drive each other out of the cache: of a matrix that
// is read the other way, blocks of rows are brought together, column by column.
template <class Real>
void turn(Rows<Real> a, Size rows, Size columns, Real* to) {
    for (Size j = 0; j < columns; ++j)
        for (Size i = 0; i < rows; i += block_rows) {
            const Size count = std::min(block_rows, rows - i);
            const Rows<Real> from = a.from(i, j);
            Real* column = to + i * columns + j * block_rows;
            if (from.row == 1)  // vectors
                for (Size l = 0; l < count; ++l) column[l] = from.numbers[l];
            else
                for (Size l = 0; l < count; ++l) column[l] = from.numbers[l * from.row];
        }
}

// Some rows and columns of out = a . b. Columns that fill no vector have a place of their
// own until they are whole: vectors would reach beyond them.
template <class Real>
void multiply_part(Rows<Real> a, Rows<Real> b, Real* out, Size out_row, Size rows,
                   Size inner, Size columns) {
    constexpr Size depth = Panels<Real>::depth, lanes = Panels<Real>::lanes;
    const Size left = columns % lanes, filling = columns - left;
    const Size blocks = (rows + block_rows - 1) / block_rows;
    Panels<Real> panels(std::min(depth, inner), filling);
    Panels<Real> rest(std::min(depth, inner), left);
    const Numbers<Real> out_rest = make_numbers<Real>(left ? rows * lanes : 0);
    Numbers<Real> turned;
    if (a.column != 1) turned = make_numbers<Real>(blocks * block_rows * depth);
    for (Size k = 0; k < inner; k += depth) {
        const Size deep = std::min(depth, inner - k);
        panels.take(b.from(k, 0), deep);
        rest.take(b.from(k, filling), deep);
        if (turned) turn(a.from(0, k), rows, deep, turned.get());
        for (Size i = 0; i < rows; i += block_rows) {
            const Size count = std::min(block_rows, rows - i);
            const Rows<Real> block = turned
                ? Rows<Real>{turned.get() + i * deep, 1, block_rows} : a.from(i, k);
            panels.multiply(block, count, out + i * out_row, out_row, k > 0);
            rest.multiply(block, count, out_rest.get() + i * lanes, lanes, k > 0);
        }
    }
    for (Size i = 0; left && i < rows; ++i)
        std::copy_n(out_rest.get() + i * lanes, left, out + i * out_row + filling);
}

template <class Real>
void multiply(Rows<Real> a, Rows<Real> b, Real* out, Size out_row, Size rows,
              Size inner, Size columns) {
    Size threads = 1, row_parts = 1, column_parts = 1;
#ifdef _OPENMP
    if (rows * inner * columns > few_operations) threads = omp_get_max_threads();
#endif
    while (row_parts * column_parts < threads)
        ++(rows / row_parts > columns / column_parts ? row_parts : column_parts);
#pragma omp parallel for if (threads > 1)
    for (Size part = 0; part < row_parts * column_parts; ++part) {
        const Size r = part / column_parts, c = part % column_parts;
        const Size top = begin_of(r, row_parts, rows, tile_rows);
        const Size bottom = begin_of(r + 1, row_parts, rows, tile_rows);
        const Size left = begin_of(c, column_parts, columns, Panels<Real>::lanes);
        const Size right = begin_of(c + 1, column_parts, columns, Panels<Real>::lanes);
        if (top < bottom && left < right)
            multiply_part(a.from(top, 0), b.from(0, left), out + top * out_row + left,
                          out_row, bottom - top, inner, right - left);
    }
}

}  // namespace

#define EXPORT(Real)                                                                   \
    void product_##Real(const Real* a, const Real* b, Real* out, Size a_row,           \
                        Size a_column, Size b_row, Size b_column, Size out_row,        \
                        Size rows, Size inner, Size columns) {                         \
        multiply<Real>({a, a_row, a_column}, {b, b_row, b_column}, out, out_row, rows, \
                       inner, columns);                                                \
    }

extern "C" {
EXPORT(float)
EXPORT(double)

int processor_is_amd() {
#if defined(__x86_64__) || defined(_M_X64)
    return __builtin_cpu_is("amd");
#else
    return 0;
#endif
}
}
