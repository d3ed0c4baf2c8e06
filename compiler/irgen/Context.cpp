// Element types and locations.
#include "compiler/irgen/Context.h"

using namespace mlir;
using namespace heed::checked;

namespace heed::irgen {

Type Context::elementType(Element element) const {
  Builder b(mlir);
  switch (element) {
  case Element::Working:
    return working;
  case Element::F64:
    return b.getF64Type();
  case Element::F32:
    return b.getF32Type();
  case Element::F16:
    return b.getF16Type();
  case Element::BF16:
    return b.getBF16Type();
  case Element::I64:
    return b.getI64Type();
  case Element::I32:
    return b.getI32Type();
  case Element::U8:
    return b.getIntegerType(8, /*isSigned=*/false);
  case Element::Bool:
    return b.getI1Type();
  }
  llvm_unreachable("an element type");
}

static Location placeOf(MLIRContext *mlir, const Sources &sources, Range range) {
  if (range.file >= sources.size())
    return UnknownLoc::get(mlir);
  Position begin = sources.position(range.file, range.begin), end = sources.position(range.file, range.end);
  return FileLineColRange::get(StringAttr::get(mlir, sources.name(range.file)), begin.line, begin.column, end.line,
                               end.column);
}

Location Context::locate(Range range, StringRef name) const {
  Location place = placeOf(mlir, sources, range);
  // What a statement of a person's file takes from the library was called there.
  Range caller = !op ? Range() : op->caller.empty() && op->range.file != range.file ? op->range : op->caller;
  if (!caller.empty())
    place = CallSiteLoc::get(place, placeOf(mlir, sources, caller));
  if (op && !op->block.empty())
    place = FusedLoc::get(mlir, place, StringAttr::get(mlir, op->block));
  return name.empty() ? place : Location(NameLoc::get(StringAttr::get(mlir, name), place));
}

} // namespace heed::irgen
