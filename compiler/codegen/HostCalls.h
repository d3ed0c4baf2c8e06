// What generated code asks of its host, in terms of runtime/abi/heed.h: fields of heed_call, and calls through
// heed_host.
#pragma once

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace heed {

/// The fields of heed_call, in order.
enum class CallField { Host, Context, Sizes, Inputs, Outputs, Weights, Arena, Seed, Failed };

/// Emits uses of the ABI. The calls themselves are small functions of the module (`heed.launch`, …), made when first
/// needed, so that kernels and host functions stay readable.
class HostCalls {
public:
  explicit HostCalls(mlir::ModuleOp module) : module(module) {}

  /// The value of a field of the call.
  static mlir::Value field(mlir::ImplicitLocOpBuilder &, mlir::Value call, CallField);
  /// Element `i` of an array of pointers, or of i64.
  static mlir::Value pointerAt(mlir::ImplicitLocOpBuilder &, mlir::Value array, int64_t i);
  static mlir::Value wordAt(mlir::ImplicitLocOpBuilder &, mlir::Value array, int64_t i);
  /// `base` + `bytes` (an index).
  static mlir::Value advance(mlir::ImplicitLocOpBuilder &, mlir::Value base, mlir::Value bytes);

  /// parallel_for(thunk) over `rows` and `panels` (indices), unless the call has failed already.
  void launch(mlir::ImplicitLocOpBuilder &, mlir::Value call, mlir::func::FuncOp thunk, mlir::Value args,
              mlir::Value rows, mlir::Value panels, int64_t grain);
  /// fail(call, fault, value); fault: i32, value: i64.
  void fail(mlir::ImplicitLocOpBuilder &, mlir::Value call, mlir::Value fault, mlir::Value value);
  /// The first two words of the draw at a counter of four i32.
  std::pair<mlir::Value, mlir::Value> randomBits(mlir::ImplicitLocOpBuilder &, mlir::Value call,
                                                 mlir::ValueRange counter);

  using Body = llvm::function_ref<void(mlir::ImplicitLocOpBuilder &, mlir::ValueRange arguments)>;
  /// The module's function of this name; `body` makes it if there is none yet.
  mlir::func::FuncOp function(llvm::StringRef name, mlir::TypeRange arguments, mlir::TypeRange results, Body body);

private:
  mlir::ModuleOp module;
};

} // namespace heed
