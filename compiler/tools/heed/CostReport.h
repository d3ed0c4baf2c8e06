// A model's cost as tables or JSON. In: a module at stage `heed`, the same at stage `kernels`, and sizes, or none. Out:
// text.
#pragma once

#include "mlir/IR/BuiltinOps.h"

#include <cstdint>
#include <map>
#include <string>

namespace heed::tools {

using GivenSizes = std::map<std::string, int64_t>;

std::string costTable(mlir::ModuleOp heed, mlir::ModuleOp kernels, const GivenSizes &);
std::string costJson(mlir::ModuleOp heed, mlir::ModuleOp kernels, const GivenSizes &);

} // namespace heed::tools
