// What works on whole tensors, along one axis: joining, splitting, sorting; and tensors that are stored so that this
// can be, within an index statement too.
#include "lang/check/Elaborator.h"

namespace heed {

// ---- joining and splitting ----

/// The axis that `axis =` names, or the last; counted from the end where negative.
std::optional<size_t> Elaborator::axisArgument(const Arguments &arguments, size_t rank, Range range) {
  for (const Argument &argument : arguments)
    if (argument.name == "axis") {
      auto number = argument.value.as<Number>();
      auto axis = number ? number->whole() : std::nullopt;
      if (axis && *axis < 0)
        *axis += rank;
      if (!axis || *axis < 0 || *axis >= static_cast<int64_t>(rank)) {
        fault(Kind::IndexOutside, argument.range, "there are axes 0 to {}, and this is {}", rank - 1,
              describe(argument.value));
        return std::nullopt;
      }
      return *axis;
    }
  return rank - 1;
}

/// Side by side along one axis; the others agree.
Value Elaborator::concat(const Arguments &arguments, Range range) {
  std::vector<DataPtr> parts;
  for (const Argument &argument : arguments) {
    if (!argument.name.empty())
      continue;
    if (auto list = argument.value.as<std::shared_ptr<const List>>()) {
      for (const Value &item : (*list)->items)
        parts.push_back(toData(item, argument.range, "what is joined"));
    } else {
      parts.push_back(toData(argument.value, argument.range, "what is joined"));
    }
  }
  if (parts.empty() || std::find(parts.begin(), parts.end(), nullptr) != parts.end())
    return {};
  size_t rank = parts[0]->axes.size();
  if (rank == 0) {
    fault(Kind::RankMismatch, range, "a scalar has no axis to join along");
    return {};
  }
  auto axis = axisArgument(arguments, rank, range);
  if (!axis)
    return {};
  auto data = std::make_shared<Data>(*parts[0]);
  data->tensor = nullptr, data->view = false;
  std::vector<SizeExpr> begins = {SizeExpr(0)};
  for (const DataPtr &part : parts) {
    bool fits = part->axes.size() == rank && (part->element == Element::Bool) == (data->element == Element::Bool);
    for (size_t i = 0; fits && i < rank; ++i)
      fits = i == *axis || sizesAgree(part->axes[i], parts[0]->axes[i]);
    if (!fits) {
      fault(Kind::AxisMismatch, range, "{} and {} do not join along axis {}", describe(Value(parts[0])),
            describe(Value(part)), *axis);
      return {};
    }
    begins.push_back(begins.back() + part->axes[*axis]);
    if (data->element != Element::Bool)
      data->element = data->element == part->element ? data->element : joined(data->element, part->element);
  }
  data->axes[*axis] = begins.back();
  data->at = [=, this, axis = *axis](std::span<const Expr *const> positions) {
    const Expr *result = nullptr;
    for (size_t i = parts.size(); i-- > 0;) {
      std::vector<const Expr *> within(positions.begin(), positions.end());
      within[axis] = make.apply(ScalarOp::Subtract, positions[axis], make.size(begins[i], range), range);
      // Each part is read only where the position lies in it.
      const Expr *before = make.apply(ScalarOp::Less, positions[axis], make.size(begins[i + 1], range), range);
      std::vector<const Expr *> guards;
      if (i > 0)
        guards.push_back(make.apply(ScalarOp::LessEqual, make.size(begins[i], range), positions[axis], range));
      if (i + 1 < parts.size())
        guards.push_back(before);
      const Expr *part = guardedBy(parts[i]->at(within), guards);
      result = result ? make.select(before, part, result, range) : part;
    }
    return result;
  };
  return DataPtr(data);
}

/// Equal parts of the last axis.
Value Elaborator::split(const Arguments &arguments, Range range) {
  if (arguments.size() < 2 || !arguments[1].value.as<Number>() || !arguments[1].value.as<Number>()->whole()) {
    fault(Kind::ArgumentCount, range, "`split` takes a tensor and the number of equal parts");
    return {};
  }
  DataPtr whole = toData(arguments[0].value, arguments[0].range, "what is split");
  int64_t count = *arguments[1].value.as<Number>()->whole();
  if (!whole || whole->axes.empty() || count < 1)
    return whole ? (fault(Kind::RankMismatch, range, "{} cannot be split into {}", describe(arguments[0].value), count),
                    Value())
                 : Value();
  auto axis = axisArgument(arguments, whole->axes.size(), range);
  if (!axis)
    return {};
  auto part = whole->axes[*axis].dividedBy(SizeExpr(count));
  if (!part) {
    auto n = whole->axes[*axis].constant();
    fault(Kind::NotDivisible, range, "{} does not divide axis {}, whose size is {}{}", count, *axis,
          whole->axes[*axis].str(), n ? fmt::format(" (remainder {})", *n % count) : "");
    return {};
  }
  if (!whole->view)
    whole = materialised(whole, "joined", range);
  auto tuple = std::make_shared<TupleValue>();
  for (int64_t i = 0; i < count; ++i) {
    std::vector<Address> addresses(whole->axes.size());
    for (size_t k = 0; k < addresses.size(); ++k)
      addresses[k].low = k == *axis ? *part * SizeExpr(i) : SizeExpr(0),
      addresses[k].length = k == *axis ? *part : whole->axes[k];
    tuple->names.push_back("");
    tuple->items.push_back(addressed(whole, addresses, range));
  }
  return std::shared_ptr<const TupleValue>(tuple);
}

// ---- sorting ----

/// `top(x, n)`: the n greatest and where they stood; `sort` and `argsort` give one of these, of all. Equal ones stay in
/// order.
Value Elaborator::sorted(const std::string &name, const Arguments &arguments, Range range) {
  bool top = name == "top";
  std::vector<const Argument *> given;
  bool descending = top;
  for (const Argument &argument : arguments) {
    auto truth = argument.value.as<bool>();
    if (argument.name.empty())
      given.push_back(&argument);
    else if (argument.name == "descending" && truth)
      descending = *truth;
    else if (argument.name == "descending") {
      fault(Kind::NotConstant, argument.range, "`descending` is known when compiling, and this is {}",
            describe(argument.value));
      return {};
    }
  }
  if (given.size() != (top ? 2 : 1)) {
    fault(Kind::ArgumentCount, range, "`{}` takes {}, and {} {} without a name here", name,
          top ? "a tensor and how many" : "a tensor", given.size() == 1 ? "there is" : "there are", given.size());
    return {};
  }
  DataPtr data = toData(given[0]->value, given[0]->range, "what is sorted");
  if (!data)
    return {};
  if (data->axes.empty()) {
    fault(Kind::RankMismatch, given[0]->range, "a scalar has no axis to sort along");
    return {};
  }
  auto axis = axisArgument(arguments, data->axes.size(), range);
  if (!axis)
    return {};
  SizeExpr count = data->axes[*axis];
  if (top) {
    auto size = given[1]->value.size();
    if (!size) {
      notWhole(Kind::NotAnIndex, given[1]->range, "how many are taken", given[1]->value);
      return {};
    }
    if (auto rest = (count - *size).constant(), n = size->constant(); (rest && *rest < 0) || (n && *n < 0)) {
      fault(Kind::IndexOutside, given[1]->range, "axis {} has {} elements, of which {} are taken", *axis, count.str(),
            size->str())
          .mark(given[0]->range, shapeText(data->axes));
      return {};
    }
    std::string message = fmt::format("`top` takes {} of {} elements", size->str(), count.str());
    requireForm(*size, message, range), requireForm(count - *size, message, range);
    count = *size;
  }
  Sorted results = sortedAlong(data, *axis, count, descending, range);
  if (!top)
    return name == "sort" ? results.values : results.positions;
  auto both = std::make_shared<TupleValue>();
  both->names = {"", ""}, both->items = {Value(results.values), Value(results.positions)};
  return std::shared_ptr<const TupleValue>(both);
}

/// The axis goes last, which is where tensors are sorted, and comes back in how the results are read.
Elaborator::Sorted Elaborator::sortedAlong(const DataPtr &data, size_t axis, const SizeExpr &count, bool descending,
                                           Range range) {
  DataPtr source = data;
  if (axis + 1 != data->axes.size()) {
    auto moved = std::make_shared<Data>(*data);
    moved->tensor = nullptr, moved->axisNames.resize(data->axes.size());
    std::rotate(moved->axes.begin() + axis, moved->axes.begin() + axis + 1, moved->axes.end());
    std::rotate(moved->axisNames.begin() + axis, moved->axisNames.begin() + axis + 1, moved->axisNames.end());
    moved->at = [data, axis](std::span<const Expr *const> positions) {
      std::vector<const Expr *> back(positions.begin(), positions.end());
      std::rotate(back.begin() + axis, back.end() - 1, back.end());
      return data->at(back);
    };
    source = moved;
  }
  Lifted lifted = this->lifted(source, "keys", range);
  checked::Op &op = append(checked::Op::Kind::Sort, range);
  op.source = lifted.tensor, op.count = count, op.descending = descending;
  std::vector<SizeExpr> axes = lifted.tensor->axes;
  axes.back() = count;
  auto result = [&](std::string name, Element element) {
    checked::Tensor *tensor = newTensor(std::move(name), element, axes, range);
    tensor->definition = &op;
    op.results.push_back(tensor);
    return tensor;
  };
  auto along = [&](const checked::Tensor *tensor) {
    auto moved = std::make_shared<Data>();
    moved->element = tensor->element, moved->axes = data->axes, moved->axisNames = data->axisNames;
    moved->axes[axis] = count, moved->view = true;
    moved->tensor = source == data && lifted.around.empty() ? tensor : nullptr;
    moved->at = [=, this, around = lifted.around](std::span<const Expr *const> positions) {
      std::vector<const Expr *> last(positions.begin(), positions.end());
      std::rotate(last.begin() + axis, last.begin() + axis + 1, last.end());
      return readLifted(tensor, around, last, range);
    };
    return DataPtr(moved);
  };
  checked::Tensor *values = result("values", lifted.tensor->element);
  checked::Tensor *positions = result("positions", Element::I32);
  return {along(values), along(positions)};
}

// ---- storing ----

/// The tensor, stored for all values of the indices that it depends on: they become its first axes.
Elaborator::Lifted Elaborator::lifted(const DataPtr &data, const std::string &name, Range range) {
  if (data->tensor)
    return {data->tensor, {}};
  std::vector<const IndexVar *> own;
  std::vector<const Expr *> positions;
  for (size_t axis = 0; axis < data->axes.size(); ++axis) {
    own.push_back(make.index(axisName(*data, axis), data->axes[axis], range));
    positions.push_back(make.at(own.back(), range));
  }
  // What a `where` around guarantees is not said of this tensor: its reads guard themselves.
  const Expr *element = guardedBy(data->at(positions), wheres());
  Lifted lifted;
  const auto &free = make.free(element);
  for (const IndexVar *v : inForce)
    if (free.count(v) && !isAroundRow(v))
      lifted.around.push_back(v);
  checked::Op &op = append(checked::Op::Kind::Define, range);
  op.element = element, op.indices = lifted.around;
  op.indices.insert(op.indices.end(), own.begin(), own.end());
  std::vector<SizeExpr> axes;
  for (const IndexVar *v : op.indices)
    axes.push_back(v->bound);
  checked::Tensor *tensor = newTensor(name, storageOf(data->element), std::move(axes), range);
  tensor->definition = &op;
  op.results = {tensor};
  lifted.tensor = tensor;
  return lifted;
}

const Expr *Elaborator::readLifted(const checked::Tensor *tensor, const std::vector<const IndexVar *> &around,
                                   std::span<const Expr *const> positions, Range range) {
  std::vector<const Expr *> all;
  for (const IndexVar *v : around)
    all.push_back(make.at(v, range));
  all.insert(all.end(), positions.begin(), positions.end());
  return make.read(tensor, all, range);
}

/// The same elements in row-major order under other axes.
Elaborator::DataPtr Elaborator::reshaped(const DataPtr &data, std::vector<SizeExpr> axes, Range range) {
  if (aroundRow)
    return notYet(range, "splitting or merging an axis of a size that only run time knows, within a normaliser"),
           nullptr;
  Lifted source = lifted(data, "flat", range);
  checked::Op &op = append(checked::Op::Kind::Reshape, range);
  op.source = source.tensor;
  std::vector<SizeExpr> all;
  for (const IndexVar *v : source.around)
    all.push_back(v->bound);
  all.insert(all.end(), axes.begin(), axes.end());
  checked::Tensor *tensor = newTensor(source.tensor->name, source.tensor->element, std::move(all), range);
  tensor->definition = &op;
  op.results = {tensor};
  if (source.around.empty())
    return wholeTensor(tensor);
  auto result = std::make_shared<Data>();
  result->element = tensor->element, result->axes = std::move(axes), result->view = true;
  result->at = [=, this, around = source.around](std::span<const Expr *const> positions) {
    return readLifted(tensor, around, positions, range);
  };
  return result;
}

} // namespace heed
