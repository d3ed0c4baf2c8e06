// Turns that do the same become one kind of layer; what differs between them becomes a stack with a row for each.
#include "lang/check/Rolling.h"

namespace heed {

using checked::Body;
using checked::Op;
using checked::Tensor;

void Elaborator::Rolling::sortIntoKinds() {
  for (const Turn &turn : turns) {
    size_t kind = 0;
    for (; kind < kinds.size(); ++kind) {
      Alignment alignment;
      if (alignment.sameTurns(*kinds[kind].first, turn)) {
        kinds[kind].turns.push_back(std::move(alignment));
        break;
      }
    }
    if (kind == kinds.size()) {
      kinds.push_back({&turn, {}});
      kinds.back().turns.emplace_back().sameTurns(turn, turn);
    }
    schedule.push_back(kind);
  }
}

Op::Layer Elaborator::Rolling::layerOf(Kind &kind) {
  Op::Layer layer;
  replaced.clear(), done.clear();
  stackSlices(kind, layer);
  stackTables(kind, layer);
  stackPicks(kind, layer);
  stackNumbers(kind, layer);
  for (Turn &turn : turns)
    if (&turn == kind.first)
      layer.body = std::move(turn.body);
  if (!replaced.empty())
    rewrite(*layer.body);
  return layer;
}

/// Within a turn of a loop around, a stack is the part that this loop needs: other turns have another part.
Op::Stack Elaborator::Rolling::stackOf(const Tensor *source, const Tensor *layer, std::vector<int64_t> rows) {
  int64_t count = *source->axes.front().constant();
  int64_t low = *std::min_element(rows.begin(), rows.end()), high = *std::max_element(rows.begin(), rows.end());
  if (in.turn && source->parameter && high - low + 1 < count) {
    count = high - low + 1;
    source = in.sliceOf(*in.turn, source, low, count);
    for (int64_t &row : rows)
      row -= low;
  }
  bool inOrder = static_cast<int64_t>(rows.size()) == count;
  for (size_t i = 0; i < rows.size(); ++i)
    inOrder = inOrder && rows[i] == static_cast<int64_t>(i);
  return {source, layer, inOrder ? std::vector<int64_t>() : std::move(rows)};
}

void Elaborator::Rolling::stackSlices(Kind &kind, Op::Layer &layer) {
  for (const Turn::Slice &slice : kind.first->slices) {
    std::vector<int64_t> rows;
    for (const Alignment &turn : kind.turns)
      if (auto found = turn.rows.find(slice.tensor); found != turn.rows.end())
        rows.push_back(found->second);
    if (!rows.empty()) // else nothing reads it
      layer.stacks.push_back(stackOf(slice.source, slice.tensor, std::move(rows)));
  }
}

/// The numbers of all turns, as a table before the loop.
const Tensor *Elaborator::Rolling::constant(const Tensor &layer, const std::vector<double> &numbers, int64_t count) {
  for (const auto &op : in.body->ops)
    if (op->kind == Op::Kind::Table && op->numbers == numbers && op->results[0]->element == layer.element &&
        op->results[0]->wide == layer.wide && op->results[0]->axes.size() == layer.axes.size() + 1 &&
        op->results[0]->axes.front() == SizeExpr(count))
      return op->results[0];
  Op &op = in.append(Op::Kind::Table, layer.range);
  op.numbers = numbers;
  std::vector<SizeExpr> axes = layer.axes;
  axes.insert(axes.begin(), SizeExpr(count));
  Tensor *table = in.newTensor(layer.name, layer.element, axes, layer.range);
  table->wide = layer.wide, table->definition = &op;
  op.results = {table};
  return table;
}

/// A table that differs, such as rotary frequencies of another base, is handed in.
void Elaborator::Rolling::stackTables(Kind &kind, Op::Layer &layer) {
  auto &ops = kind.first->body->ops;
  for (auto op = ops.begin(); op != ops.end();) {
    bool differs = false;
    std::vector<double> numbers;
    for (const Alignment &turn : kind.turns)
      if (auto found = turn.tables.find(op->get()); found != turn.tables.end()) {
        differs = differs || *found->second != (*op)->numbers;
        numbers.insert(numbers.end(), found->second->begin(), found->second->end());
      }
    if (!differs) {
      ++op;
      continue;
    }
    Tensor *row = (*op)->results[0];
    row->definition = nullptr;
    layer.stacks.push_back({constant(*row, numbers, kind.turns.size()), row, {}});
    in.discardedOps.push_back(std::move(*op));
    op = ops.erase(op);
  }
}

/// A tensor from outside that each turn reads at a row of its own is a stack.
void Elaborator::Rolling::stackPicks(Kind &kind, Op::Layer &layer) {
  std::map<std::pair<const Tensor *, std::vector<int64_t>>, const Tensor *> made;
  for (const auto &[read, first] : kind.turns.front().picks) {
    std::vector<int64_t> rows;
    for (const Alignment &turn : kind.turns)
      rows.push_back(turn.picks.at(read));
    if (std::all_of(rows.begin(), rows.end(), [&, first = first](int64_t row) { return row == first; }))
      continue;
    const Tensor *&row = made[{read->tensor, rows}];
    if (!row) {
      std::vector<SizeExpr> axes(read->tensor->axes.begin() + 1, read->tensor->axes.end());
      row = in.newTensor(read->tensor->name, read->tensor->element, axes, read->range);
      layer.stacks.push_back(stackOf(read->tensor, row, rows));
    }
    Expr *copy = in.make.make(Expr::Kind::Read, read->type, read->range);
    *copy = *read;
    copy->tensor = row;
    copy->operands.erase(copy->operands.begin()), copy->checked.erase(copy->checked.begin());
    replaced[read] = copy;
  }
}

void Elaborator::Rolling::stackNumbers(Kind &kind, Op::Layer &layer) {
  std::map<std::pair<Element, std::vector<double>>, const Tensor *> made;
  for (const auto &[number, first] : kind.turns.front().numbers) {
    std::vector<double> values;
    for (const Alignment &turn : kind.turns)
      values.push_back(turn.numbers.at(number));
    if (std::all_of(values.begin(), values.end(), [&, first = first](double value) { return value == first; }))
      continue;
    const Tensor *&scalar = made[{number->type, values}];
    if (!scalar) {
      Tensor *fresh = in.newTensor("number", number->type, {}, number->range);
      fresh->wide = number->type == Element::Working;
      scalar = fresh;
      layer.stacks.push_back({constant(*fresh, values, kind.turns.size()), fresh, {}});
    }
    replaced[number] = in.make.read(scalar, {}, number->range);
  }
}

// ---- the body of the kind, with stacks in the place of numbers ------------------------------------------------------

void Elaborator::Rolling::rewrite(Body &body) {
  for (const auto &op : body.ops) {
    if (op->element)
      op->element = rewritten(op->element);
    for (Op::Layer &layer : op->layers)
      rewrite(*layer.body);
  }
}

const Expr *Elaborator::Rolling::rewritten(const Expr *e) {
  if (!e)
    return e;
  if (auto known = done.find(e); known != done.end())
    return known->second;
  auto other = replaced.find(e);
  const Expr *base = other == replaced.end() ? e : other->second;
  Expr copy = *base;
  for (size_t i = 0; i < copy.operands.size(); ++i) {
    const Expr *was = copy.operands[i];
    copy.operands[i] = rewritten(was);
    if (copy.kind == Expr::Kind::Read && copy.operands[i] != was && was->kind == Expr::Kind::Number)
      copy.checked[i] = true; // it was inside for each number
  }
  copy.body = rewritten(copy.body), copy.value = rewritten(copy.value);
  bool same = copy.operands == base->operands && copy.body == base->body && copy.value == base->value;
  if (!same) {
    Expr *fresh = in.make.make(copy.kind, copy.type, copy.range);
    *fresh = copy;
    base = fresh;
  }
  return done[e] = base;
}

} // namespace heed
