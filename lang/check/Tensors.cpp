// Data as values: scalars, whole tensors, what is stored and what stays a view.
#include "lang/check/Elaborator.h"

namespace heed {

using checked::Tensor;

/// An op that knows which call and which block it was written for.
std::unique_ptr<checked::Op> Elaborator::newOp(checked::Op::Kind kind, Range range) const {
  auto op = std::make_unique<checked::Op>();
  op->kind = kind, op->range = range;
  if (Range caller = mendable(range); !(caller == range))
    op->caller = caller;
  for (const CallSite &call : calls)
    if (call.block)
      op->block = call.block->place.path;
  return op;
}

checked::Op &Elaborator::append(checked::Op::Kind kind, Range range) {
  return *body->ops.emplace_back(newOp(kind, range));
}

Tensor *Elaborator::newTensor(std::string name, Element element, std::vector<SizeExpr> axes, Range range) {
  Tensor &tensor = program->tensors.emplace_back();
  tensor.name = std::move(name), tensor.element = element, tensor.axes = std::move(axes), tensor.range = range;
  return &tensor;
}

Elaborator::DataPtr Elaborator::scalar(const Expr *e, bool literal) {
  auto data = std::make_shared<Data>();
  data->element = e->type;
  data->literal = literal;
  data->at = [e](std::span<const Expr *const>) { return e; };
  return data;
}

Elaborator::DataPtr Elaborator::wholeTensor(const Tensor *tensor) {
  auto data = std::make_shared<Data>();
  data->element = tensor->element, data->axes = tensor->axes, data->tensor = tensor, data->view = true;
  data->at = [this, tensor](std::span<const Expr *const> positions) {
    return make.read(tensor, {positions.begin(), positions.end()}, tensor->range);
  };
  return data;
}

const Expr *Elaborator::scalarOf(const Data &data) { return data.axes.empty() ? data.at({}) : nullptr; }

Elaborator::DataPtr Elaborator::toData(const Value &value, Range range, std::string_view what) {
  if (value.poisoned())
    return nullptr;
  if (auto data = value.as<DataPtr>())
    return *data;
  if (auto number = value.as<Number>()) {
    const Expr *e = make.number(*number, range);
    if (value.real && e->type == Element::I64)
      e = make.real(number->value(), Element::Working, range);
    return scalar(e, true);
  }
  if (auto truth = value.as<bool>())
    return scalar(make.boolean(*truth, range), true);
  if (auto size = value.as<SizeExpr>())
    return scalar(make.size(*size, range), true);
  if (auto span = value.as<SpanValue>()) { // 0..N is i32[N]
    auto data = std::make_shared<Data>();
    data->element = Element::I32, data->axes = {span->high - span->low};
    data->at = [this, span = *span, range](std::span<const Expr *const> positions) {
      return span.reverse ? make.apply(ScalarOp::Subtract, make.size(span.high - 1, range), positions[0], range)
                          : make.apply(ScalarOp::Add, make.size(span.low, range), positions[0], range);
    };
    return data;
  }
  if (auto list = value.as<std::shared_ptr<const List>>())
    if (DataPtr numbers = tableOf(*list, range))
      return numbers;
  if (value.as<Absent>()) {
    std::string_view name = sources.text(range);
    fault(Kind::NotGiven, range, "this input may be missing, and here it is")
        .helped(fmt::format("ask first: `if given({0}) then … else …`", name.size() < 40 ? name : "x"));
    return nullptr;
  }
  auto &report = fault(Kind::NotData, range, "{} is {}, not a number or a tensor", what, describe(value));
  if (value.as<BlockRef>() && sources.text(range).size() < 40)
    report.helped(fmt::format("call it: `{}(…)`", sources.text(range)));
  return nullptr;
}

Value Elaborator::simplified(DataPtr data) {
  const Expr *e = data ? scalarOf(*data) : nullptr;
  if (!e)
    return data ? Value(data) : Value();
  if (e->kind == Expr::Kind::Size)
    return e->size;
  if (e->kind == Expr::Kind::Number && e->type == Element::I64)
    return Number(static_cast<int64_t>(e->number));
  if (e->kind == Expr::Kind::Number && e->type == Element::Bool)
    return e->number != 0;
  return data;
}

/// What an element of this scalar type is stored as, where nothing else was said.
Element Elaborator::storageOf(Element type) { return type == Element::I64 ? Element::I32 : type; }

std::string Elaborator::axisName(const Data &data, size_t axis) {
  if (axis < data.axisNames.size() && !data.axisNames[axis].empty())
    return data.axisNames[axis];
  static const char *const names = "abcdefgh";
  return axis < 8 ? std::string(1, names[axis]) : fmt::format("a{}", axis);
}

Elaborator::DataPtr Elaborator::materialised(DataPtr data, const std::string &name, Range range,
                                             std::optional<Element> as) {
  if (!data || data->literal)
    return data;
  Element want = as.value_or(data->tensor ? data->element : storageOf(data->element));
  bool converts = as && *as != data->element && storageOf(data->element) != *as;
  if (data->view && !converts)
    return data;
  if (!body)
    return data;
  std::vector<const IndexVar *> indices;
  std::vector<const Expr *> positions;
  for (size_t axis = 0; axis < data->axes.size(); ++axis) {
    indices.push_back(make.index(axisName(*data, axis), data->axes[axis], range));
    positions.push_back(make.at(indices.back(), range));
  }
  const Expr *element = data->at(positions);
  for (const IndexVar *v : make.free(element))
    if (std::find(indices.begin(), indices.end(), v) == indices.end() && !isAroundRow(v) &&
        std::find(scanIndices.begin(), scanIndices.end(), v) == scanIndices.end())
      return data; // depends on an index of the statement around: it stays an expression there
  checked::Op &op = append(checked::Op::Kind::Define, range);
  op.indices = std::move(indices), op.element = element;
  Tensor *tensor = newTensor(name, want, data->axes, range);
  tensor->definition = &op;
  op.results = {tensor};
  return wholeTensor(tensor);
}

/// A compile-time table: computed here in f64, rounded once where it meets data. Null where it isn't one.
Elaborator::DataPtr Elaborator::tableOf(const Data &data, const std::string &name, Range range) {
  int64_t count = 1;
  for (const SizeExpr &axis : data.axes) {
    auto n = axis.constant();
    if (!n || *n > (1 << 24) || (count *= *n) > (1 << 24))
      return nullptr;
  }
  std::vector<const IndexVar *> indices;
  std::vector<const Expr *> positions;
  for (size_t axis = 0; axis < data.axes.size(); ++axis) {
    indices.push_back(make.index(axisName(data, axis), data.axes[axis], range));
    positions.push_back(make.at(indices.back(), range));
  }
  const Expr *element = data.at(positions);
  if (!make.dataFree(element))
    return nullptr;
  std::vector<double> numbers;
  std::unordered_map<const IndexVar *, int64_t> at;
  for (int64_t flat = 0; flat < count; ++flat) {
    int64_t rest = flat;
    for (size_t axis = data.axes.size(); axis-- > 0;) {
      int64_t n = *data.axes[axis].constant();
      at[indices[axis]] = rest % n, rest /= n;
    }
    auto value = make.evaluate(element, at);
    if (!value)
      return nullptr;
    numbers.push_back(*value);
  }
  return tableWith(std::move(numbers), data, name, range);
}

/// A table of these numbers, of the type and shape of `data`.
Elaborator::DataPtr Elaborator::tableWith(std::vector<double> numbers, const Data &data, const std::string &name,
                                          Range range) {
  auto table = std::make_shared<Data>();
  table->element = data.element, table->axes = data.axes, table->axisNames = data.axisNames;
  table->table = true, table->view = true;
  // The op that holds the numbers is made in each body that reads the table, where it is read first.
  auto made = std::make_shared<std::map<checked::Body *, const Tensor *>>();
  table->at = [this, made, name, range, element = data.element, axes = data.axes,
               numbers](std::span<const Expr *const> positions) {
    const Tensor *&tensor = (*made)[body];
    if (!tensor) {
      checked::Op &op = append(checked::Op::Kind::Table, range);
      op.numbers = numbers;
      Tensor *fresh = newTensor(name, storageOf(element), axes, range);
      fresh->definition = &op;
      op.results = {fresh};
      tensor = fresh;
    }
    return make.read(tensor, {positions.begin(), positions.end()}, range);
  };
  return table;
}

/// A list of numbers, as a table of one axis; null where it isn't one. Members are computed from its numbers.
Elaborator::DataPtr Elaborator::tableOf(const std::shared_ptr<const List> &list, Range range) {
  const std::vector<Value> &items = list->items;
  if (items.empty() || !std::all_of(items.begin(), items.end(), [](const Value &item) { return item.as<Number>(); }))
    return nullptr;
  bool real = std::any_of(items.begin(), items.end(),
                          [](const Value &item) { return item.real || !item.as<Number>()->whole(); });
  auto data = std::make_shared<Data>();
  data->element = real ? Element::Working : Element::I32;
  data->axes = {SizeExpr(static_cast<int64_t>(items.size()))};
  if (body) {
    std::vector<double> numbers;
    for (const Value &item : items)
      numbers.push_back(item.as<Number>()->value());
    return tableWith(std::move(numbers), *data, "list", range);
  }
  constexpr size_t longest = 4096; // of what is a choice among its elements: a config may say anything
  if (items.size() > longest)
    return nullptr;
  data->at = [=, this](std::span<const Expr *const> positions) {
    const Expr *result = nullptr;
    for (size_t i = list->items.size(); i-- > 0;) {
      const Number &number = *list->items[i].as<Number>();
      const Expr *item = real ? make.real(number.value(), Element::Working, range) : make.number(number, range);
      const Expr *end = make.size(SizeExpr(static_cast<int64_t>(i) + 1), range);
      result = result ? make.select(make.apply(ScalarOp::Less, positions[0], end, range), item, result, range) : item;
    }
    return result;
  };
  return data;
}

/// A tensor that the last op defined, and that nothing has read yet, is stored in the precision that is asked for.
bool Elaborator::roundLast(const Data &data, Element want) {
  if (!body || body->ops.empty() || !data.tensor || data.tensor->definition != body->ops.back().get())
    return false;
  checked::Op &op = *body->ops.back();
  if (op.kind != checked::Op::Kind::Define || !checked::isFloat(op.element->type))
    return false;
  op.element = make.cast(op.element, want, op.range);
  op.results[0]->element = want;
  return true;
}

/// "[B, T, 64], from `up` in feed_forward.heed:7", where that is another line.
std::string Elaborator::shapeAndOrigin(const Data &data, Range range) {
  std::string shape = shapeText(data.axes);
  if (!data.tensor || !data.tensor->definition)
    return shape;
  Range from = data.tensor->range;
  unsigned line = sources.position(from.file, from.begin).line;
  if (from.file == range.file && line == sources.position(range.file, range.begin).line)
    return shape;
  std::string_view file = sources.name(from.file);
  file = file.substr(file.rfind('/') + 1);
  if (data.tensor->name == "value") // of a function without a name
    return fmt::format("{}, from {}:{}", shape, file, line);
  return fmt::format("{}, from `{}` in {}:{}", shape, data.tensor->name, file, line);
}

/// Result axes of an elementwise operator: aligned from the last, provably equal.
std::optional<std::vector<SizeExpr>> Elaborator::broadcast(std::string_view what, const Data &a, const Data &b,
                                                           Range range, Range left, Range right) {
  const Data &longer = a.axes.size() >= b.axes.size() ? a : b, &shorter = &longer == &a ? b : a;
  size_t skip = longer.axes.size() - shorter.axes.size();
  for (size_t axis = 0; axis < shorter.axes.size(); ++axis)
    if (!sizesAgree(longer.axes[skip + axis], shorter.axes[axis])) {
      std::string text = fmt::format(fmt::runtime(what), shapeText(a.axes), shapeText(b.axes));
      auto &report = fault(Kind::AxisMismatch, right, "this {}", text);
      if (!(left == right))
        report.labelled(shapeAndOrigin(b, right)).mark(left, shapeAndOrigin(a, left));
      if (longer.axes[skip + axis].constant() == 1 || shorter.axes[axis].constant() == 1)
        report.helped("an axis of size 1 is not stretched; say what is meant with an index statement");
      return std::nullopt;
    }
  return longer.axes;
}

} // namespace heed
