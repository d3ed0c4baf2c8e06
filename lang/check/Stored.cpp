// The names that parameters have in a checkpoint: joined along the path, changed by `@stored`.
#include "lang/check/Elaborator.h"

#include <set>

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

/// What `@stored` says, read against the names of the block around: `own` stands where nothing else is said. An element
/// of a list has its number too.
StoredAs Elaborator::storedAs(const Instance &parent, const ast::Member &member, const std::string &own,
                              const ScopePtr &scope, std::optional<int64_t> number) {
  StoredAs result;
  result.transposed = parent.stored.transposed;
  const ast::Attribute *a = attribute(member, "stored");
  std::vector<std::string> names = {own};
  std::string earlier; // what older files call it
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
      } else if (argument.name && argument.name->text == "earlier" && text) {
        earlier = text->value;
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
              "`@stored` takes a name or a list of names, `transposed`, `copies = [names]`, and `earlier = name`");
      }
    }
  }
  for (const std::string &prefix : parent.stored.names)
    for (const std::string &name : names) {
      std::string full = interpolate(name, *scope, member.range);
      bool named = full != name; // the element's value stands in the name
      full = joinStored(prefix, full);
      if (std::string old = joinStored(prefix, earlier);
          !earlier.empty() && !options.stored.count(full) && options.stored.count(old))
        full = old;
      result.names.push_back(number && !named ? joinStored(full, std::to_string(*number)) : full);
    }
  return result;
}

/// A block that came as a hyper-parameter is stored under the parameter's name, one in a list of lists under its
/// number.
StoredAs Elaborator::storedUnder(StoredAs around, const std::string &name) {
  around.copies.clear();
  for (std::string &stored : around.names)
    stored = joinStored(stored, name);
  return around;
}

/// Which stored tensors fill the parameter, or a row of it: one, or several side by side along the last axis.
void Elaborator::fillParts(checked::Parameter &parameter, int64_t row, const Instance &instance,
                           const ast::Member &member, const std::string &name, const ScopePtr &scope) {
  StoredAs stored = storedAs(instance, member, name, scope);
  stored.copies.insert(stored.copies.end(), instance.stored.copies.begin(), instance.stored.copies.end());
  const auto &axes = parameter.tensor->axes;
  size_t rank = axes.size() - (parameter.stacked ? 1 : 0);
  int64_t last = rank ? *axes.back().constant() : 1, joined = stored.names.size();
  if (last % joined != 0) {
    fault(Kind::NotDivisible, member.range,
          "{} stored tensors do not share the last axis of `{}`, whose size is {}, equally", joined, parameter.path,
          last);
    return;
  }
  for (int64_t i = 0; i < joined; ++i) {
    checked::Part part;
    part.stored = stored.names[i];
    part.transposed = stored.transposed && rank >= 2;
    part.layer = parameter.stacked ? row : -1;
    part.begin = i * (last / joined), part.extent = last / joined;
    part.copies = stored.copies;
    parameter.parts.push_back(std::move(part));
  }
}

/// A name under which a parameter is stored is no copy of another one: an output that is not tied has its own.
void Elaborator::keepCopiesApart() {
  std::map<std::string, const checked::Parameter *> taken;
  for (const auto &parameter : program->parameters)
    for (const checked::Part &part : parameter->parts) {
      auto [first, fresh] = taken.emplace(part.stored, parameter.get());
      if (!fresh && first->second != parameter.get())
        fault(Kind::StoredTwice, parameter->range, "`{}` and `{}` are both stored as `{}`", first->second->path,
              parameter->path, part.stored)
            .mark(first->second->range, "the first")
            .helped("each has a name of its own: `@stored(\"…\")`; what is shared is bound once and passed on");
    }
  for (const auto &parameter : program->parameters)
    for (checked::Part &part : parameter->parts)
      std::erase_if(part.copies, [&](const std::string &name) { return taken.contains(name); });
}

} // namespace heed
