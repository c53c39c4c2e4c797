// GEMM of two large matrices by packed panels, for processors whose vectors the library
// does not use; see ops/compiled_product.py.
#include "packed_matrix.h"
#include "threads.h"

#include <algorithm>

namespace hanrock {
namespace {

constexpr Size few_operations = 1 << 16;  // not worth another thread's time
constexpr Size block_rows = 48;  // multiplied with a panel while it is in the cache

// Blocks of `depth` rows of b that are packed at once: out is read and written again
// each time. One where a is packed too, whose own blocks then stay in the cache.
constexpr Size depth_blocks = 3;

// Beginning of a part of `size` things that are shared out in units.
Size begin_of(Size part, Size parts, Size size, Size unit) {
    const Size units = (size + unit - 1) / unit;
    return std::min(size, units * part / parts * unit);
}

// Rows that stand far apart would evict each other from the cache: of a matrix that is
// read transposed, blocks of rows are packed together, column by column.
template <class Real>
void pack_blocks(MatrixView<Real> a, Size rows, Size columns, Real* to) {
    for (Size j = 0; j < columns; ++j)
        for (Size i = 0; i < rows; i += block_rows) {
            const Size count = std::min(block_rows, rows - i);
            const MatrixView<Real> from = a.from(i, j);
            Real* column = to + i * columns + j * block_rows;
            if (from.row_stride == 1)  // vectors
                for (Size l = 0; l < count; ++l) column[l] = from.data[l];
            else
                for (Size l = 0; l < count; ++l)
                    column[l] = from.data[l * from.row_stride];
        }
}

// Some rows and columns of out = a . b. Columns that fill no vector have a buffer of
// their own until their sums are complete: vectors would reach beyond them.
template <class Real>
void multiply_part(MatrixView<Real> a, MatrixView<Real> b, Real* out, Size out_stride,
                   Size rows, Size inner, Size columns) {
    constexpr Size lanes = PackedMatrix<Real>::lanes;
    const bool packs_a = a.column_stride != 1;
    const Size depth = PackedMatrix<Real>::depth * (packs_a ? 1 : depth_blocks);
    const Size left = columns % lanes, filling = columns - left;
    const Size blocks = (rows + block_rows - 1) / block_rows;
    PackedMatrix<Real> panels(std::min(depth, inner), filling);
    PackedMatrix<Real> rest(std::min(depth, inner), left);
    const AlignedBuffer<Real> out_rest = make_buffer<Real>(left ? rows * lanes : 0);
    AlignedBuffer<Real> blocks_of_a;
    if (packs_a)
        blocks_of_a = make_buffer<Real>(blocks * block_rows * depth);
    for (Size k = 0; k < inner; k += depth) {
        const Size deep = std::min(depth, inner - k);
        panels.pack(b.from(k, 0), deep);
        rest.pack(b.from(k, filling), deep);
        if (packs_a) pack_blocks(a.from(0, k), rows, deep, blocks_of_a.get());
        for (Size i = 0; i < rows; i += block_rows) {
            const Size count = std::min(block_rows, rows - i);
            const MatrixView<Real> block =
                packs_a
                    ? MatrixView<Real>{blocks_of_a.get() + i * deep, 1, block_rows}
                    : a.from(i, k);
            panels.multiply(block, count, out + i * out_stride, out_stride, k > 0);
            rest.multiply(block, count, out_rest.get() + i * lanes, lanes, k > 0);
        }
    }
    for (Size i = 0; left && i < rows; ++i)
        std::copy_n(out_rest.get() + i * lanes, left, out + i * out_stride + filling);
}

}  // namespace

// out (rows, columns) = a (rows, inner) . b (inner, columns).
template <class Real>
void multiply(const Real* a_data, const Real* b_data, Real* out, Size a_row_stride,
              Size a_column_stride, Size b_row_stride, Size b_column_stride,
              Size out_stride, Size rows, Size inner, Size columns) {
    const MatrixView<Real> a{a_data, a_row_stride, a_column_stride};
    const MatrixView<Real> b{b_data, b_row_stride, b_column_stride};
    constexpr Size lanes = PackedMatrix<Real>::lanes;
    Size threads = 1, row_parts = 1, column_parts = 1;
    if (rows * inner * columns > few_operations) threads = team();
    while (row_parts * column_parts < threads)
        ++(rows / row_parts > columns / column_parts ? row_parts : column_parts);
#pragma omp parallel for num_threads(threads) if (threads > 1)
    for (Size part = 0; part < row_parts * column_parts; ++part) {
        const Size r = part / column_parts, c = part % column_parts;
        const Size top = begin_of(r, row_parts, rows, tile_rows);
        const Size bottom = begin_of(r + 1, row_parts, rows, tile_rows);
        const Size left = begin_of(c, column_parts, columns, lanes);
        const Size right = begin_of(c + 1, column_parts, columns, lanes);
        if (top < bottom && left < right)
            multiply_part(a.from(top, 0), b.from(0, left),
                          out + top * out_stride + left, out_stride, bottom - top,
                          inner, right - left);
    }
}

}  // namespace hanrock

HANROCK_EXPORT(multiply)

extern "C" int processor_is_amd() {
#if defined(__x86_64__) || defined(_M_X64)
    return __builtin_cpu_is("amd");
#else
    return 0;
#endif
}
