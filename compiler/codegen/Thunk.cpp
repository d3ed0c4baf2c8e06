// Unpacks the arguments that the host function has put into a struct on its stack.
#include "compiler/codegen/Thunk.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace heed {

Value memrefAt(ImplicitLocOpBuilder &b, Value pointer, MemRefType type) {
  // The descriptor of memref<?xT> in LLVM's terms: allocated, aligned, offset, extents, strides.
  Type i64 = b.getI64Type(), one = LLVM::LLVMArrayType::get(i64, 1);
  auto descriptor = LLVM::LLVMStructType::getLiteral(b.getContext(), {pointer.getType(), pointer.getType(), i64, one, one});
  Value value = LLVM::PoisonOp::create(b, descriptor);
  Value zero = arith::ConstantIntOp::create(b, 0, 64), stride = arith::ConstantIntOp::create(b, 1, 64);
  auto insert = [&](Value field, ArrayRef<int64_t> at) { value = LLVM::InsertValueOp::create(b, value, field, at); };
  insert(pointer, {0});
  insert(pointer, {1});
  insert(zero, {2});
  insert(zero, {3, 0});
  insert(stride, {4, 0});
  return UnrealizedConversionCastOp::create(b, type, value).getResult(0);
}

Thunk emitThunk(ImplicitLocOpBuilder &b, func::FuncOp function) {
  Type ptr = LLVM::LLVMPointerType::get(b.getContext()), i64 = b.getI64Type();
  auto types = ArrayRef(function.getArgumentTypes()).drop_back(3);
  SmallVector<Type> fields;
  for (Type type : types)
    fields.push_back(isa<MemRefType>(type) ? ptr : isa<IndexType>(type) ? i64 : type);
  auto args = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);

  auto type = b.getFunctionType({ptr, i64, i64, i64, i64, ptr}, {});
  auto thunk = func::FuncOp::create(b, (function.getSymName() + ".range").str(), type);
  thunk.setPrivate();
  Block *entry = thunk.addEntryBlock();
  for (auto [argument, name] : llvm::zip(entry->getArguments(), ArrayRef<StringRef>{"args", "r0", "r1", "p0", "p1", "scratch"}))
    argument.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(entry);

  SmallVector<Value> operands;
  for (auto [i, type] : llvm::enumerate(types)) {
    Value address = LLVM::GEPOp::create(b, ptr, args, entry->getArgument(0), ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
    Value field = LLVM::LoadOp::create(b, fields[i], address);
    if (auto memref = dyn_cast<MemRefType>(type))
      field = memrefAt(b, field, memref);
    else if (isa<IndexType>(type))
      field = arith::IndexCastOp::create(b, type, field);
    operands.push_back(field);
  }
  operands.push_back(arith::IndexCastOp::create(b, b.getIndexType(), entry->getArgument(1)));
  operands.push_back(arith::IndexCastOp::create(b, b.getIndexType(), entry->getArgument(2)));
  operands.push_back(memrefAt(b, entry->getArgument(5), cast<MemRefType>(function.getArgumentTypes().back())));
  func::CallOp::create(b, function, operands);
  func::ReturnOp::create(b);
  return {thunk, args};
}

} // namespace heed
