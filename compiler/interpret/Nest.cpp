// Regions as instructions.
#include "compiler/interpret/Nest.h"

#include "compiler/derive/Cost.h"

using namespace mlir;

namespace heed {

unsigned Nest::slot(Value value) {
  auto [found, isNew] = slots.try_emplace(value, registers.size());
  if (isNew) {
    std::shared_ptr<Array> outside = in.find(value);
    registers.push_back(outside && outside->shape.empty() ? outside->cells[0] : Cell());
  }
  return found->second;
}

Code::~Code() = default;

LogicalResult Code::compile(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(compile(op)))
      return failure();
  for (Value value : block.getTerminator()->getOperands())
    yields.push_back(nest.slot(value));
  return success();
}

LogicalResult Code::compile(Operation &op) {
  if (auto term = dyn_cast<IndexOp>(op)) {
    assert(term.isTerm() && "within a region, index ops give scalars");
    auto loop = std::make_shared<IndexLoop>(nest, term);
    instructions.push_back({Instruction::Term, 0, {}, nullptr, false, {}, 0, {}, loop});
    return loop->compile();
  }
  SmallVector<unsigned> operands = llvm::map_to_vector(op.getOperands(), [&](Value v) { return nest.slot(v); });
  Instruction made{Instruction::Compute, nest.slot(op.getResult(0)), {operands.begin(), operands.end()}};
  if (auto at = dyn_cast<AtOp>(op)) {
    made.kind = Instruction::At;
    made.dim = at.getDim();
  } else if (auto draw = dyn_cast<DrawOp>(op)) {
    made.kind = Instruction::Draw;
    made.draw = draw;
  } else if (auto size = dyn_cast<SizeOp>(op)) {
    made.kind = Instruction::Constant;
    made.constant = Cell(nest.in.size(size.getSize().getExpr()));
  } else if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    made.kind = Instruction::Constant;
    if (auto real = dyn_cast<FloatAttr>(constant.getValue()))
      made.constant = Cell(real.getValueAsDouble());
    else if (auto whole = cast<IntegerAttr>(constant.getValue()); whole.getType().isInteger(1))
      made.constant = Cell(int64_t(whole.getValue().getBoolValue()));
    else
      made.constant = Cell(whole.getValue().getSExtValue());
  } else {
    made.compute = scalarRule(&op);
    made.counts = isOperation(&op);
    if (!made.compute)
      return nest.in.notYet(&op);
  }
  instructions.push_back(std::move(made));
  return success();
}

void Code::run() {
  for (const Instruction &i : instructions) {
    std::vector<Cell> &r = nest.registers;
    auto operand = [&](unsigned n) { return r[i.operands[n]]; };
    switch (i.kind) {
    case Instruction::Compute: {
      Cell operands[3];
      for (size_t n = 0; n != i.operands.size(); ++n)
        operands[n] = operand(n);
      r[i.result] = i.compute(operands);
      nest.in.operations += i.counts;
      break;
    }
    case Instruction::Constant:
      r[i.result] = i.constant;
      break;
    case Instruction::At:
      r[i.result] = Cell(nest.indices[i.dim]);
      break;
    case Instruction::Draw:
      r[i.result] = drawCell(i.draw, nest.in.seed, operand(0).integer, operand(1).integer, operand(2).integer,
                             operand(3).integer);
      break;
    case Instruction::Term:
      i.term->runTerm();
      if (nest.failed)
        return;
      break;
    }
  }
}

} // namespace heed
