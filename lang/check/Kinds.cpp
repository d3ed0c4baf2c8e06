// Turns that do the same become one kind of layer; what differs between them becomes a stack with a row for each.
#include "lang/check/Rolling.h"

namespace heed {

using checked::Body;
using checked::Op;
using checked::Tensor;

void Elaborator::Rolling::sortIntoKinds() {
  std::vector<std::pair<size_t, size_t>> known; // of each turn that was elaborated: its kind, and where it is there
  for (const Step &step : steps) {
    if (step.turn < known.size()) { // the same again, on other layers
      auto [kind, at] = known[step.turn];
      Differences same = kinds[kind].turns[at];
      for (const Turn::Slice &slice : kinds[kind].first->slices)
        if (auto row = same.rows.find(slice.tensor); row != same.rows.end())
          row->second = step.rows.at({slice.source, row->second});
      kinds[kind].turns.push_back(std::move(same));
      schedule.push_back(kind);
      continue;
    }
    const Turn &turn = turns[step.turn];
    std::optional<Differences> found;
    size_t kind = 0;
    while (kind < kinds.size() && !(found = Alignment::ofTurns(*kinds[kind].first, turn)))
      ++kind;
    if (!found) {
      kinds.push_back({&turn, {}});
      found = Alignment::ofTurns(turn, turn);
    }
    known.push_back({kind, kinds[kind].turns.size()});
    kinds[kind].turns.push_back(std::move(*found));
    schedule.push_back(kind);
  }
}

Op::Layer Elaborator::Rolling::layerOf(Kind &kind) {
  Op::Layer layer;
  replaced.clear(), done.clear();
  stackSlices(kind, layer);
  stackTables(kind, *kind.first->body, layer);
  stackPicks(kind, layer);
  stackNumbers(kind, layer);
  for (Turn &turn : turns)
    if (&turn == kind.first)
      layer.body = std::move(turn.body);
  rewrite(*layer.body);
  return layer;
}

/// Within a turn of a loop around, a stack is the part that this loop needs: other turns have another part.
Op::Stack Elaborator::stackOf(const Tensor *source, const Tensor *layer, std::vector<int64_t> rows) {
  int64_t count = *source->axes.front().constant();
  int64_t low = *std::min_element(rows.begin(), rows.end()), high = *std::max_element(rows.begin(), rows.end());
  if (turn && source->parameter && high - low + 1 < count) {
    count = high - low + 1;
    source = sliceOf(*turn, source, low, count);
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
    for (const Differences &turn : kind.turns)
      if (auto found = turn.rows.find(slice.tensor); found != turn.rows.end())
        rows.push_back(found->second);
    if (!rows.empty()) // else nothing reads it
      layer.stacks.push_back(in.stackOf(slice.source, slice.tensor, std::move(rows)));
  }
}

/// The numbers of all turns, as a table before the loop.
const Tensor *Elaborator::Rolling::constant(const Tensor &layer, const std::vector<double> &numbers, int64_t count) {
  std::vector<SizeExpr> axes = layer.axes;
  axes.insert(axes.begin(), SizeExpr(count));
  for (const auto &op : in.body->ops)
    if (op->kind == Op::Kind::Table && op->numbers == numbers && op->results[0]->element == layer.element &&
        op->results[0]->wide == layer.wide && op->results[0]->axes == axes)
      return op->results[0];
  Op &op = in.append(Op::Kind::Table, layer.range);
  op.numbers = numbers;
  Tensor *table = in.newTensor(layer.name, layer.element, axes, layer.range);
  table->wide = layer.wide, table->definition = &op;
  op.results = {table};
  return table;
}

/// A table that differs, such as rotary frequencies of another base, is handed in; one in a body within too.
void Elaborator::Rolling::stackTables(const Kind &kind, Body &body, Op::Layer &layer) {
  for (auto &op : body.ops) {
    for (Op::Layer &inner : op->layers)
      stackTables(kind, *inner.body, layer);
    bool differs = false;
    std::vector<double> numbers;
    for (const Differences &turn : kind.turns)
      if (auto found = turn.tables.find(op.get()); found != turn.tables.end()) {
        differs = differs || *found->second != op->numbers;
        numbers.insert(numbers.end(), found->second->begin(), found->second->end());
      }
    if (!differs)
      continue;
    Tensor *row = op->results[0];
    row->definition = nullptr;
    layer.stacks.push_back({constant(*row, numbers, kind.turns.size()), row, {}});
    in.discardedOps.push_back(std::move(op));
  }
  std::erase(body.ops, nullptr);
}

/// A tensor from outside that each turn reads at a row of its own is a stack.
void Elaborator::Rolling::stackPicks(Kind &kind, Op::Layer &layer) {
  std::map<std::pair<const Tensor *, std::vector<int64_t>>, const Tensor *> made;
  for (const Expr *read : kind.turns.front().order) {
    if (read->kind != Expr::Kind::Read)
      continue;
    std::vector<int64_t> rows;
    for (const Differences &turn : kind.turns)
      rows.push_back(turn.picks.at(read));
    if (std::all_of(rows.begin(), rows.end(), [&](int64_t row) { return row == rows.front(); }))
      continue;
    const Tensor *&row = made[{read->tensor, rows}];
    if (!row) {
      std::vector<SizeExpr> axes(read->tensor->axes.begin() + 1, read->tensor->axes.end());
      row = in.newTensor(read->tensor->name, read->tensor->element, axes, read->range);
      layer.stacks.push_back(in.stackOf(read->tensor, row, rows));
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
  for (const Expr *number : kind.turns.front().order) {
    if (number->kind != Expr::Kind::Number)
      continue;
    std::vector<double> values;
    for (const Differences &turn : kind.turns)
      values.push_back(turn.numbers.at(number));
    if (std::all_of(values.begin(), values.end(), [&](double value) { return value == values.front(); }))
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
  if (copy.kind == Expr::Kind::Apply && copy.operands.size() == 2 && !in.make.keepsIdentities) { // ones and zeros go
    const Expr *folded = in.make.apply(copy.op, copy.operands[0], copy.operands[1], copy.range);
    base = folded->kind == Expr::Kind::Apply && same ? base : in.make.cast(folded, copy.type, copy.range);
  } else if (!same) {
    Expr *fresh = in.make.make(copy.kind, copy.type, copy.range);
    *fresh = copy;
    base = fresh;
  }
  return done[e] = base;
}

} // namespace heed
