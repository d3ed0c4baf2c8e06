// Unpacks the arguments that the host function has put into a struct on its stack.
#include "compiler/codegen/Thunk.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace heed {

/// The descriptor of a memref<?xT> without its pointers, in LLVM's terms: allocated, aligned, offset, extents, strides.
/// The extent is not known: accesses are in range by construction.
static Value emptyDescriptor(ImplicitLocOpBuilder &b, Type ptr) {
  Type i64 = b.getI64Type(), one = LLVM::LLVMArrayType::get(i64, 1);
  Value value = LLVM::PoisonOp::create(b, LLVM::LLVMStructType::getLiteral(b.getContext(), {ptr, ptr, i64, one, one}));
  Value zero = arith::ConstantIntOp::create(b, 0, 64), stride = arith::ConstantIntOp::create(b, 1, 64);
  value = LLVM::InsertValueOp::create(b, value, zero, ArrayRef<int64_t>{2});
  value = LLVM::InsertValueOp::create(b, value, zero, ArrayRef<int64_t>{3, 0});
  return LLVM::InsertValueOp::create(b, value, stride, ArrayRef<int64_t>{4, 0});
}

static Value memrefAt(ImplicitLocOpBuilder &b, Value empty, Value pointer, MemRefType type) {
  Value value = LLVM::InsertValueOp::create(b, empty, pointer, ArrayRef<int64_t>{0});
  value = LLVM::InsertValueOp::create(b, value, pointer, ArrayRef<int64_t>{1});
  return UnrealizedConversionCastOp::create(b, type, value).getResult(0);
}

Thunk emitThunk(ImplicitLocOpBuilder &b, func::FuncOp function) {
  Type ptr = LLVM::LLVMPointerType::get(b.getContext()), i64 = b.getI64Type();
  auto types = ArrayRef(function.getArgumentTypes()).drop_back(5);
  SmallVector<Type> fields;
  for (Type type : types)
    fields.push_back(isa<MemRefType>(type) ? ptr : isa<IndexType>(type) ? i64 : type);
  fields.push_back(i64); // the first row
  auto args = LLVM::LLVMStructType::getLiteral(b.getContext(), fields);

  auto type = b.getFunctionType({ptr, i64, i64, i64, i64, ptr}, {});
  auto thunk = func::FuncOp::create(b, (function.getSymName() + ".range").str(), type);
  thunk.setPrivate();
  Block *entry = thunk.addEntryBlock();
  const StringRef names[] = {"args", "r0", "r1", "p0", "p1", "scratch"};
  for (auto [argument, name] : llvm::zip(entry->getArguments(), names))
    argument.setLoc(NameLoc::get(b.getStringAttr(name), b.getLoc()));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(entry);

  auto load = [&](unsigned i) -> Value {
    Value address = LLVM::GEPOp::create(b, ptr, args, entry->getArgument(0), ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
    return LLVM::LoadOp::create(b, fields[i], address);
  };
  Value empty = emptyDescriptor(b, ptr);
  SmallVector<Value> operands;
  for (auto [i, type] : llvm::enumerate(types)) {
    Value field = load(i);
    if (auto memref = dyn_cast<MemRefType>(type))
      field = memrefAt(b, empty, field, memref);
    else if (isa<IndexType>(type))
      field = arith::IndexCastOp::create(b, type, field);
    operands.push_back(field);
  }
  Value first = load(types.size());
  for (unsigned end : {1, 2, 3, 4}) {
    Value number = entry->getArgument(end);
    if (end <= 2)
      number = arith::AddIOp::create(b, number, first);
    operands.push_back(arith::IndexCastOp::create(b, b.getIndexType(), number));
  }
  operands.push_back(memrefAt(b, empty, entry->getArgument(5), cast<MemRefType>(function.getArgumentTypes().back())));
  func::CallOp::create(b, function, operands);
  func::ReturnOp::create(b);
  return {thunk, args};
}

} // namespace heed
