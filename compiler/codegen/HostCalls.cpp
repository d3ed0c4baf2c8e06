// The ABI seen from generated code: struct layouts of runtime/abi/heed.h as LLVM types, and the functions that call the
// host.
#include "compiler/codegen/HostCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace heed {

static Type pointer(Builder &b) { return LLVM::LLVMPointerType::get(b.getContext()); }

/// heed_call: seven pointers, the seed, `failed`.
static LLVM::LLVMStructType callType(Builder &b) {
  SmallVector<Type> fields(7, pointer(b));
  fields.append({b.getI64Type(), b.getI32Type()});
  return LLVM::LLVMStructType::getLiteral(b.getContext(), fields);
}

Value HostCalls::field(ImplicitLocOpBuilder &b, Value call, CallField which) {
  LLVM::LLVMStructType type = callType(b);
  int32_t i = int32_t(which);
  Value address = LLVM::GEPOp::create(b, pointer(b), type, call, ArrayRef<LLVM::GEPArg>{0, i});
  return LLVM::LoadOp::create(b, type.getBody()[i], address);
}

static Value elementAt(ImplicitLocOpBuilder &b, Type type, Value array, int64_t i) {
  Value address = LLVM::GEPOp::create(b, pointer(b), type, array, ArrayRef<LLVM::GEPArg>{int32_t(i)});
  return LLVM::LoadOp::create(b, type, address);
}

Value HostCalls::pointerAt(ImplicitLocOpBuilder &b, Value array, int64_t i) {
  return elementAt(b, pointer(b), array, i);
}
Value HostCalls::wordAt(ImplicitLocOpBuilder &b, Value array, int64_t i) {
  return elementAt(b, b.getI64Type(), array, i);
}

Value HostCalls::advance(ImplicitLocOpBuilder &b, Value base, Value bytes) {
  Value offset = arith::IndexCastOp::create(b, b.getI64Type(), bytes);
  return LLVM::GEPOp::create(b, pointer(b), b.getI8Type(), base, ArrayRef<LLVM::GEPArg>{offset});
}

func::FuncOp HostCalls::function(StringRef name, TypeRange arguments, TypeRange results, Body body) {
  if (auto known = module.lookupSymbol<func::FuncOp>(name))
    return known;
  ImplicitLocOpBuilder b(module.getLoc(), module.getContext());
  b.setInsertionPointToEnd(module.getBody());
  auto made = func::FuncOp::create(b, name, b.getFunctionType(arguments, results));
  made.setPrivate();
  b.setInsertionPointToStart(made.addEntryBlock());
  body(b, made.getArguments());
  return made;
}

/// The pointer to a function of heed_host: 0 parallel_for, 1 fail, 2 random_bits.
static Value hostFunction(ImplicitLocOpBuilder &b, Value call, int64_t which) {
  return HostCalls::pointerAt(b, HostCalls::field(b, call, CallField::Host), which);
}

static void callIndirect(ImplicitLocOpBuilder &b, Value callee, ValueRange arguments) {
  SmallVector<Type> types(arguments.getTypes());
  auto type = LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(b.getContext()), types);
  SmallVector<Value> operands{callee};
  operands.append(arguments.begin(), arguments.end());
  LLVM::CallOp::create(b, type, operands);
}

void HostCalls::launch(ImplicitLocOpBuilder &b, Value call, func::FuncOp thunk, Value args, Value rows, Value panels,
                       int64_t grain) {
  Type ptr = pointer(b), i64 = b.getI64Type();
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange a) {
    Value failed = field(b, a[0], CallField::Failed);
    Value zero = arith::ConstantIntOp::create(b, 0, 32);
    Value fine = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, failed, zero);
    scf::IfOp::create(b, fine, [&](OpBuilder &, Location) {
      callIndirect(b, hostFunction(b, a[0], 0), a);
      scf::YieldOp::create(b);
    });
    func::ReturnOp::create(b);
  };
  // The lambda's builder is the one that scf.if moves: it must be the same object.
  func::FuncOp helper = function("heed.launch", {ptr, ptr, ptr, i64, i64, i64}, {}, body);
  Value function = func::ConstantOp::create(b, thunk.getFunctionType(), thunk.getSymName());
  Value address = UnrealizedConversionCastOp::create(b, ptr, function).getResult(0);
  auto word = [&](Value index) { return arith::IndexCastOp::create(b, i64, index).getResult(); };
  Value least = arith::ConstantIntOp::create(b, grain, 64);
  func::CallOp::create(b, helper, ValueRange{call, address, args, word(rows), word(panels), least});
}

void HostCalls::fail(ImplicitLocOpBuilder &b, Value call, Value fault, Value value) {
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange a) {
    callIndirect(b, hostFunction(b, a[0], 1), a);
    func::ReturnOp::create(b);
  };
  func::FuncOp helper = function("heed.fail", {pointer(b), b.getI32Type(), b.getI64Type()}, {}, body);
  func::CallOp::create(b, helper, ValueRange{call, fault, value});
}

std::pair<Value, Value> HostCalls::randomBits(ImplicitLocOpBuilder &b, Value call, ValueRange counter) {
  Type i32 = b.getI32Type();
  auto body = [&](ImplicitLocOpBuilder &b, ValueRange a) {
    Value four = arith::ConstantIntOp::create(b, 4, 32);
    Value in = LLVM::AllocaOp::create(b, pointer(b), i32, four), out = LLVM::AllocaOp::create(b, pointer(b), i32, four);
    for (int32_t i = 0; i != 4; ++i)
      LLVM::StoreOp::create(b, a[1 + i], LLVM::GEPOp::create(b, pointer(b), i32, in, ArrayRef<LLVM::GEPArg>{i}));
    callIndirect(b, hostFunction(b, a[0], 2), {field(b, a[0], CallField::Seed), in, out});
    func::ReturnOp::create(b, ValueRange{elementAt(b, i32, out, 0), elementAt(b, i32, out, 1)});
  };
  func::FuncOp helper = function("heed.random_bits", {pointer(b), i32, i32, i32, i32}, {i32, i32}, body);
  SmallVector<Value> operands{call};
  operands.append(counter.begin(), counter.end());
  auto made = func::CallOp::create(b, helper, operands);
  return {made.getResult(0), made.getResult(1)};
}

} // namespace heed
