// `experts[pick[b, t]](x[b, t, :])`: blocks that data picks from a list of equal ones. The block's function is run on
// one row, so it is row-wise whatever it does; the rows of all points become operands of one `Route`.
#include "lang/check/Elaborator.h"

namespace heed {

/// Indices that the node depends on, in the order in which it is read; not those of running scans.
void Elaborator::indicesIn(const Expr *e, std::vector<const IndexVar *> &found) {
  const auto &free = make.free(e);
  std::function<void(const Expr *)> visit = [&](const Expr *node) {
    if (!node)
      return;
    if (node->kind == Expr::Kind::Index && free.count(node->index) &&
        std::find(scanIndices.begin(), scanIndices.end(), node->index) == scanIndices.end() &&
        std::find(found.begin(), found.end(), node->index) == found.end())
      found.push_back(node->index);
    for (const Expr *operand : node->operands)
      visit(operand);
    for (const Expr *part : {node->where, node->body, node->value})
      visit(part);
    for (const Expr *guard : node->guards)
      visit(guard);
  };
  visit(e);
}

/// Indices that any element depends on.
void Elaborator::indicesOf(const Data &data, std::vector<const IndexVar *> &found) {
  std::vector<const IndexVar *> own, all = found;
  std::vector<const Expr *> positions;
  for (const SizeExpr &axis : data.axes) {
    own.push_back(make.index("p", axis, {}));
    positions.push_back(make.at(own.back()));
  }
  indicesIn(data.at(positions), all);
  for (const IndexVar *v : all)
    if (std::find(own.begin(), own.end(), v) == own.end() && std::find(found.begin(), found.end(), v) == found.end())
      found.push_back(v);
}

/// The element at all points of the indices, stored: a tensor with their axes first.
Elaborator::DataPtr Elaborator::along(const std::vector<const IndexVar *> &indices, const DataPtr &element,
                                      const std::string &name, Range range) {
  auto data = std::make_shared<Data>();
  data->element = element->element;
  for (const IndexVar *v : indices)
    data->axes.push_back(v->bound), data->axisNames.push_back(v->name);
  data->axes.insert(data->axes.end(), element->axes.begin(), element->axes.end());
  data->at = [=, this](std::span<const Expr *const> positions) {
    Scalars::Positions with;
    for (size_t i = 0; i < indices.size(); ++i)
      with[indices[i]] = positions[i];
    return make.substitute(element->at(positions.subspan(indices.size())), with);
  };
  // Where that is just a tensor that is stored already, it is meant itself.
  std::vector<const Expr *> positions;
  for (const SizeExpr &axis : data->axes)
    positions.push_back(make.at(make.index("p", axis, range), range));
  const Expr *at = data->at(positions);
  if (at->kind == Expr::Kind::Read && at->guards.empty() && at->operands.size() == positions.size()) {
    bool whole = true;
    for (size_t i = 0; i < positions.size(); ++i)
      whole = whole && at->operands[i]->kind == Expr::Kind::Index && at->operands[i]->index == positions[i]->index &&
              sizesAgree(at->tensor->axes[i], data->axes[i]);
    if (whole)
      return wholeTensor(at->tensor);
  }
  return stored(data, name, range);
}

/// The arguments that are data become rows, which the body takes as its arguments.
bool Elaborator::routeRows(checked::Op &op, Arguments &arguments, const std::vector<DataPtr> &rows, Range call) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!rows[i])
      continue;
    std::vector<const IndexVar *> at;
    indicesOf(*rows[i], at);
    std::string name = arguments[i].name.empty() ? "row" : arguments[i].name;
    DataPtr all = along(at, rows[i], "rows", call);
    if (!all->tensor) {
      fault(Kind::LoopInside, arguments[i].range,
            "what goes through a picked block cannot be stored here: it depends on "
            "an index around");
      return false;
    }
    checked::Tensor *row = newTensor(name, all->tensor->element, rows[i]->axes, arguments[i].range);
    op.routed.push_back({all->tensor, at});
    op.layers[0].body->arguments.push_back(row);
    arguments[i].value = Value(wholeTensor(row));
  }
  return true;
}

/// `experts[pick[b, t]]`: the list's blocks are alike, so any of them says what is done.
Value Elaborator::pickedFrom(const std::shared_ptr<const List> &list, const ast::Subscript &e, const Value &index,
                             const ScopePtr &scope) {
  auto firstOf = [](const Value &item) {
    auto block = item.as<BlockRef>();
    std::shared_ptr<const Instance> first = block ? block->instance : nullptr;
    while (first && first->alike)
      first = first->alike;
    return first;
  };
  bool blocks = !list->items.empty() && firstOf(list->items[0]);
  if (!blocks) {
    notWhole(Kind::NotAnIndex, e.indices[0].range, "the index of a list", index);
    return {};
  }
  for (const Value &item : list->items)
    if (firstOf(item) != firstOf(list->items[0])) {
      notWhole(Kind::NotAnIndex, e.indices[0].range, "the index of a list of blocks that differ", index)
          .helped("data may pick from blocks that are alike");
      return {};
    }
  const Expr *pick = position(*e.indices[0].low, scope);
  return pick ? Value(BlockRef{list->items[0].as<BlockRef>()->instance, pick, list}) : Value();
}

/// The rows of one block's parameters and states, and of those within, with the rows of a block that is alike.
void Elaborator::rowsBeside(const Value &a, const Value &b, Rows &rows) {
  auto x = a.as<std::shared_ptr<const List>>(), y = b.as<std::shared_ptr<const List>>();
  for (size_t i = 0; x && y && i < (*x)->items.size(); ++i)
    rowsBeside((*x)->items[i], (*y)->items[i], rows);
  auto left = a.as<BlockRef>(), right = b.as<BlockRef>();
  if (!left || !right || left->instance == right->instance)
    return;
  const Instance &one = *left->instance, &other = *right->instance;
  for (const auto &[name, slot] : one.parameters)
    rows[{slot.parameter->tensor, slot.row}] = other.parameters.at(name).row;
  for (const auto &[name, slot] : one.states)
    for (const checked::OldState &old : entry->states)
      if (old.state == slot.state)
        rows[{old.tensor, slot.row}] = other.states.at(name).row;
  for (const auto &[name, value] : one.fields)
    if (auto same = other.fields.find(name); same != other.fields.end())
      rowsBeside(value, same->second, rows);
}

/// Which rows of the parameters each block has.
void Elaborator::routeStacks(checked::Op &op, const Turn &route, const List &among) {
  std::vector<Rows> paired(among.items.size());
  for (size_t block = 0; block < among.items.size(); ++block)
    rowsBeside(among.items[0], among.items[block], paired[block]);
  for (const Turn::Slice &slice : route.slices) {
    std::vector<int64_t> rows;
    for (const Rows &of : paired) {
      auto other = of.find({slice.source, slice.row});
      rows.push_back(other == of.end() ? slice.row : other->second); // else of a block that all share
    }
    op.layers[0].stacks.push_back(stackOf(slice.source, slice.tensor, std::move(rows)));
  }
}

Value Elaborator::callPicked(const BlockRef &block, Arguments arguments, Range range) {
  if (!body) {
    fault(Kind::NotConstant, range, "members are made when compiling, and data picks this block");
    return {};
  }
  // A pick counts where the guards let it be read; elsewhere no block is asked.
  const Expr *pick = block.pick;
  for (const Condition &condition : conditions)
    pick = make.select(condition.expr, pick, make.number(-1, range), range);
  std::vector<DataPtr> rows;
  std::vector<const IndexVar *> indices;
  indicesIn(pick, indices);
  for (const Argument &argument : arguments) {
    auto data = argument.value.as<DataPtr>();
    rows.push_back(data && !(*data)->literal ? *data : nullptr);
    if (!rows.back())
      continue;
    indicesOf(*rows.back(), indices);
  }
  auto owned = newOp(checked::Op::Kind::Route, range);
  checked::Op &op = *owned;
  op.indices = indices;
  op.layers.emplace_back().body = std::make_unique<checked::Body>();
  checked::Body &within = *op.layers[0].body;
  auto unconditional = std::exchange(conditions, {});
  auto outerSpreads = std::exchange(spreads, {});
  unsigned depth = std::exchange(indexDepth, 0);
  DataPtr picks = along(indices, scalar(pick), "picks", range);
  bool fine = picks->tensor && routeRows(op, arguments, rows, range);
  if (!picks->tensor)
    fault(Kind::LoopInside, range, "this pick cannot be stored here: it depends on an index around");
  Value result;
  std::vector<DataPtr> slices;
  std::vector<std::string> names;
  if (fine) {
    op.picks = picks->tensor;
    checked::Body *outer = std::exchange(body, &within);
    Turn route;
    Turn *outerTurn = std::exchange(turn, &route);
    ++routes;
    result = callBlock(BlockRef{block.instance}, std::move(arguments), range);
    --routes;
    turn = outerTurn;
    if (!result.poisoned())
      routeStacks(op, route, *block.among);
    auto tuple = result.as<std::shared_ptr<const TupleValue>>();
    for (size_t i = 0; !result.poisoned() && i < (tuple ? (*tuple)->items.size() : 1); ++i) {
      names.push_back(tuple ? (*tuple)->names[i] : "");
      DataPtr slice = toData(tuple ? (*tuple)->items[i] : result, range, "what the block gives");
      slice = slice ? stored(slice, "row", range) : nullptr;
      if (slice && !slice->tensor)
        fault(Kind::LoopInside, range,
              "what a picked block computes depends on its row only, and this on an index around");
      slices.push_back(slice && slice->tensor ? slice : nullptr);
    }
    body = outer;
  }
  indexDepth = depth, spreads = std::move(outerSpreads), conditions = std::move(unconditional);
  if (slices.empty() || std::find(slices.begin(), slices.end(), nullptr) != slices.end()) {
    discardedOps.push_back(std::move(owned));
    return {};
  }
  body->ops.push_back(std::move(owned));
  auto results = std::make_shared<TupleValue>();
  for (const DataPtr &slice : slices) {
    std::vector<SizeExpr> axes;
    for (const IndexVar *v : indices)
      axes.push_back(v->bound);
    axes.insert(axes.end(), slice->axes.begin(), slice->axes.end());
    checked::Tensor *tensor = newTensor("routed", slice->tensor->element, axes, range);
    tensor->definition = &op;
    op.results.push_back(tensor), within.results.push_back(slice->tensor);
    auto row = std::make_shared<Data>();
    row->element = tensor->element, row->axes = slice->axes, row->view = true;
    row->at = [=, this](std::span<const Expr *const> positions) {
      std::vector<const Expr *> full;
      for (const IndexVar *v : indices)
        full.push_back(make.at(v, range));
      full.insert(full.end(), positions.begin(), positions.end());
      return make.read(tensor, full, range);
    };
    results->items.push_back(row->axes.empty() ? Value(scalar(row->at({}))) : Value(DataPtr(row)));
  }
  results->names = names;
  if (!result.as<std::shared_ptr<const TupleValue>>()) {
    results->items[0].result = result.result;
    return results->items[0];
  }
  return std::shared_ptr<const TupleValue>(results);
}

} // namespace heed
