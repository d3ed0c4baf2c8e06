// Tensors of the interpreter: row-major cells, floats as f64, integers and booleans as i64.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cassert>
#include <cstdint>
#include <functional>
#include <vector>

namespace heed {

/// One element, or one scalar of a region: its type says which.
union Cell {
  int64_t integer;
  double real;
  Cell() : integer(0) {}
  Cell(double real) : real(real) {}
  Cell(int64_t integer) : integer(integer) {}
};

struct Array {
  bool isFloat = true;
  std::vector<int64_t> shape;
  std::vector<Cell> cells;

  Array() = default;
  Array(bool isFloat, std::vector<int64_t> shape) : isFloat(isFloat), shape(std::move(shape)), cells(count()) {
    if (isFloat)
      cells.assign(cells.size(), Cell(0.0));
  }
  static Array floats(std::vector<int64_t> shape, llvm::ArrayRef<double> values) {
    Array a(true, std::move(shape));
    assert(values.size() == a.cells.size());
    a.cells.assign(values.begin(), values.end());
    return a;
  }
  static Array integers(std::vector<int64_t> shape, llvm::ArrayRef<int64_t> values) {
    Array a(false, std::move(shape));
    assert(values.size() == a.cells.size());
    a.cells.assign(values.begin(), values.end());
    return a;
  }

  size_t count() const {
    size_t n = 1;
    for (int64_t extent : shape)
      n *= extent;
    return n;
  }
  double real(size_t i) const { return isFloat ? cells[i].real : double(cells[i].integer); }
};

} // namespace heed
