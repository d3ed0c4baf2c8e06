// The names that parameters have in a checkpoint: joined along the path, changed by `@stored`.
#include "lang/check/Elaborator.h"

namespace heed {

namespace {
const ast::Attribute *attribute(const ast::Member &member, std::string_view name) {
  for (const ast::Attribute &a : member.attributes)
    if (a.name.text == name)
      return &a;
  return nullptr;
}

/// `a` joined with `b` by a point, but not after a `/` at the end; a leading `/` makes `b` absolute; an empty `b`
/// changes nothing.
std::string joinStored(const std::string &a, const std::string &b) {
  if (!b.empty() && b[0] == '/')
    return b.substr(1);
  if (b.empty() || a.empty())
    return a.empty() ? b : a;
  return a.back() == '/' ? a + b : a + "." + b;
}
} // namespace

/// `{name}` replaced by compile-time values.
std::string Elaborator::interpolate(const std::string &text, Scope &scope, Range range) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    size_t close = text[at] == '{' ? text.find('}', at) : std::string::npos;
    if (close == std::string::npos) {
      result += text[at++];
      continue;
    }
    std::string name = text.substr(at + 1, close - at - 1);
    // A path such as {block.width} is looked up step by step.
    Value value;
    size_t point = name.find('.');
    ScopePtr alias(&scope, [](Scope *) {});
    if (auto found = lookup(name.substr(0, point), range, alias))
      value = *found;
    while (point != std::string::npos && value.as<BlockRef>()) {
      size_t next = name.find('.', point + 1);
      value = field(*value.as<BlockRef>(), name.substr(point + 1, next - point - 1), range).value_or(Value());
      point = next;
    }
    if (auto number = value.as<Number>())
      result += number->str();
    else if (auto size = value.as<SizeExpr>())
      result += size->str();
    else if (auto string = value.as<std::string>())
      result += *string;
    else
      result += text.substr(at, close - at + 1);
    at = close + 1;
  }
  return result;
}

/// What `@stored` says, read against the names of the block around: `own` stands where nothing else is said.
StoredAs Elaborator::storedAt(const StoredAs &around, const ast::Member &member, const std::string &own, int64_t count,
                              const std::function<ScopePtr(int64_t)> &scopeOf, bool numbered) {
  StoredAs result;
  result.transposed = around.transposed;
  const ast::Attribute *a = attribute(member, "stored");
  std::vector<std::string> names = {own};
  if (a) {
    for (size_t i = 0; i < a->arguments.size(); ++i) {
      const ast::Argument &argument = a->arguments[i];
      auto text = ast::as<ast::String>(argument.value);
      auto list = ast::as<ast::List>(argument.value);
      auto word = ast::as<ast::NameExpr>(argument.value);
      if (argument.name && argument.name->text == "copies" && list) {
        for (const ast::ExprPtr &copy : list->elements)
          if (auto name = ast::as<ast::String>(copy))
            result.copies.push_back(joinStored(storedPrefix, name->value));
      } else if (!argument.name && text) {
        names = {text->value};
      } else if (!argument.name && list) {
        names.clear();
        for (const ast::ExprPtr &element : list->elements)
          if (auto name = ast::as<ast::String>(element))
            names.push_back(name->value);
      } else if (!argument.name && word && word->name == "transposed") {
        result.transposed = true;
      } else {
        fault(Kind::BadStored, argument.range,
              "`@stored` takes a name or a list of names, `transposed`, and `copies = [names]`");
      }
    }
  }
  for (int64_t layer = 0; layer < std::max<int64_t>(count, 1); ++layer) {
    ScopePtr scope = scopeOf(layer);
    const auto &prefixes = around.names[around.names.size() > 1 ? layer : 0];
    std::vector<std::string> joined;
    for (const std::string &prefix : prefixes)
      for (const std::string &name : names) {
        std::string full = interpolate(name, *scope, member.range);
        bool named = numbered && full != name; // the element's value stands in the name
        full = joinStored(prefix, full);
        joined.push_back(numbered && !named ? joinStored(full, std::to_string(layer)) : full);
      }
    result.names.push_back(std::move(joined));
  }
  return result;
}

StoredAs Elaborator::storedAs(const Instance &parent, const ast::Member &member, const std::string &name,
                              const ScopePtr &scope) {
  return storedAt(parent.stored, member, name, parent.stack, [&](int64_t) { return scope; }, false);
}

StoredAs Elaborator::storedAsList(const Instance &parent, const ast::Member &member, const std::string &name,
                                  const std::vector<ScopePtr> &scopes) {
  return storedAt(parent.stored, member, name, scopes.size(), [&](int64_t layer) { return scopes[layer]; }, true);
}

/// A block that came as a hyper-parameter is stored under the parameter's name.
StoredAs Elaborator::storedUnder(const Instance &parent, const std::string &name) {
  StoredAs result = parent.stored;
  result.copies.clear();
  for (auto &layer : result.names)
    for (std::string &stored : layer)
      stored = joinStored(stored, name);
  return result;
}

/// Which stored tensors fill the parameter: one a layer, or several side by side along the last axis.
void Elaborator::fillParts(checked::Parameter &parameter, const Instance &instance, const ast::Member &member,
                           const std::string &name, const ScopePtr &scope) {
  StoredAs stored = storedAs(instance, member, name, scope);
  stored.copies.insert(stored.copies.end(), instance.stored.copies.begin(), instance.stored.copies.end());
  const auto &axes = parameter.tensor->axes;
  size_t rank = axes.size() - (parameter.stacked ? 1 : 0);
  int64_t last = rank ? *axes.back().constant() : 1;
  for (size_t layer = 0; layer < stored.names.size(); ++layer) {
    int64_t joined = stored.names[layer].size();
    if (last % joined != 0) {
      fault(Kind::NotDivisible, member.range,
            "{} stored tensors do not share the last axis of `{}`, whose size is {}, equally", joined, parameter.path,
            last);
      return;
    }
    for (int64_t i = 0; i < joined; ++i) {
      checked::Part part;
      part.stored = stored.names[layer][i];
      part.transposed = stored.transposed && rank >= 2;
      part.layer = parameter.stacked ? static_cast<int64_t>(layer) : -1;
      part.begin = i * (last / joined), part.extent = last / joined;
      part.copies = stored.copies;
      parameter.parts.push_back(std::move(part));
    }
  }
}

} // namespace heed
