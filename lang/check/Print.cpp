// The checked program as text, for `--emit=checked` and for golden tests. In: a checked program. Out: one line per op,
// in which tensors, and scalars that are used more than once, have a number after their name where the name alone would
// be ambiguous.
#include "lang/check/Checked.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <unordered_map>
#include <unordered_set>

namespace heed::checked {

std::string_view name(Element element) {
  constexpr std::string_view names[] = {"working", "f64", "f32", "f16", "bf16", "i64", "i32", "u8", "bool"};
  return names[size_t(element)];
}

std::string_view name(ScalarOp op) {
  constexpr std::string_view names[] = {
      "+",   "-",     "*",     "/",     "floordiv", "%",   "^",   "min", "max",  "negate",  "abs", "exp",
      "log", "log2",  "log1p", "sqrt",  "rsqrt",    "sin", "cos", "tan", "tanh", "sigmoid", "erf", "bf16",
      "f16", "floor", "ceil",  "round", "==",       "!=",  "<",   "<=",  "and",  "or",      "not"};
  static_assert(std::size(names) == size_t(ScalarOp::Not) + 1);
  return names[size_t(op)];
}

std::string_view name(Reduction reduction) {
  constexpr std::string_view names[] = {"sum", "max", "min", "prod", "any", "all", "argmax", "logsumexp"};
  return names[size_t(reduction)];
}

static std::string_view name(DrawKind kind) {
  constexpr std::string_view names[] = {"uniform", "normal", "gumbel"};
  return names[size_t(kind)];
}

namespace {

/// A name for each of many things, unique by a number where it has to be.
class Names {
public:
  std::string of(const void *thing, const std::string &base) {
    auto [found, isNew] = names.try_emplace(thing);
    if (!isNew)
      return found->second;
    unsigned uses = count[base]++;
    return found->second = uses == 0 ? base : fmt::format("{}.{}", base, uses);
  }

  /// The name is taken by something that is printed under it as it is.
  void take(const std::string &name) { ++count[name]; }

private:
  std::unordered_map<const void *, std::string> names;
  std::unordered_map<std::string, unsigned> count;
};

class Printer {
public:
  std::string program(const Program &);

private:
  void parameter(const Parameter &, std::string_view what);
  void entry(const Entry &);
  void body(const Body &, const std::string &indent);
  void op(const Op &, const std::string &indent);
  void define(const Op &, const std::string &indent);
  void repeat(const Op &, const std::string &indent);
  void branch(const Op &, const std::string &indent);
  void scan(const Op &, const std::string &indent);
  void turn(const Op &, const Op::Layer &, const std::string &indent);
  void stacks(const Op::Layer &, const std::string &indent);
  void route(const Op &, const std::string &indent);

  std::string tensor(const Tensor *t) {
    return t->parameter ? t->parameter->path : tensors.of(t, t->name.empty() ? "t" : t->name);
  }
  std::string typed(const Tensor *t) { return fmt::format("{}: {}", tensor(t), type(*t)); }
  static std::string type(const Tensor &);
  std::string index(const IndexVar *v) { return indices.of(v, v->name.empty() ? "i" : v->name); }
  std::string binders(const std::vector<const IndexVar *> &);

  // ---- scalars ----
  std::string scalars(const Expr *, const std::string &indent);
  void countUses(const Expr *);
  std::string expr(const Expr *);
  std::string node(const Expr *);
  std::string read(const Expr *);
  std::string apply(const Expr *);
  std::string list(const std::vector<const Expr *> &);
  std::string over(const Expr *);

  std::string out;
  Names tensors, indices;
  std::unordered_map<const Expr *, unsigned> uses;
  std::unordered_map<const Expr *, std::string> shared; // the names of scalars that are used more than once
  std::string bindings, bindingIndent;
};

} // namespace

// ---- scalars --------------------------------------------------------------------------------------------------------

static bool isLeaf(const Expr *e) {
  return e->kind == Expr::Kind::Number || e->kind == Expr::Kind::Index || e->kind == Expr::Kind::Size;
}

void Printer::countUses(const Expr *e) {
  if (!e || uses[e]++)
    return;
  for (const Expr *operand : e->operands)
    countUses(operand);
  for (const Expr *guard : e->guards)
    countUses(guard);
  for (const Expr *part : {e->where, e->body, e->value})
    countUses(part);
}

/// The expression; scalars that it shares are written to lines of their own before it is used.
std::string Printer::scalars(const Expr *e, const std::string &indent) {
  bindings.clear(), uses.clear(), shared.clear();
  bindingIndent = indent;
  countUses(e);
  return expr(e);
}

std::string Printer::expr(const Expr *e) {
  if (isLeaf(e) || uses[e] < 2)
    return node(e);
  if (auto known = shared.find(e); known != shared.end())
    return known->second;
  std::string text = node(e), name = fmt::format("${}", shared.size());
  bindings += fmt::format("{}{} = {}\n", bindingIndent, name, text);
  return shared[e] = name;
}

std::string Printer::list(const std::vector<const Expr *> &all) {
  std::vector<std::string> texts;
  for (const Expr *e : all)
    texts.push_back(expr(e));
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::string Printer::over(const Expr *e) {
  std::string where = e->where ? fmt::format(" where {}", expr(e->where)) : "";
  return fmt::format("[{}{}]", binders(e->indices), where);
}

std::string Printer::read(const Expr *e) {
  std::vector<std::string> positions;
  for (size_t n = 0; n != e->operands.size(); ++n)
    positions.push_back(expr(e->operands[n]) + (n < e->checked.size() && e->checked[n] ? "?" : ""));
  std::string guards = e->guards.empty() ? "" : fmt::format(" if {}", list(e->guards));
  return fmt::format("{}[{}]{}", tensor(e->tensor), fmt::join(positions, ", "), guards);
}

std::string Printer::apply(const Expr *e) {
  std::string_view op = name(e->op);
  bool infix = e->operands.size() == 2 && e->op != ScalarOp::Min && e->op != ScalarOp::Max;
  return infix ? fmt::format("({} {} {})", expr(e->operands[0]), op, expr(e->operands[1]))
               : fmt::format("{}({})", op, list(e->operands));
}

std::string Printer::node(const Expr *e) {
  switch (e->kind) {
  case Expr::Kind::Number:
    return e->type == Element::Bool
               ? (e->number != 0 ? "true" : "false")
               : fmt::format("{}{}", e->number, isFloat(e->type) && e->number == int64_t(e->number) ? ".0" : "");
  case Expr::Kind::Index:
    return index(e->index);
  case Expr::Kind::Size:
    return fmt::format("{{{}}}", e->size.str());
  case Expr::Kind::Read:
    return read(e);
  case Expr::Kind::Apply:
    return apply(e);
  case Expr::Kind::Select:
    return fmt::format("(if {} then {} else {})", expr(e->operands[0]), expr(e->operands[1]), expr(e->operands[2]));
  case Expr::Kind::Cast:
    return fmt::format("{}({})", name(e->type), expr(e->operands[0]));
  case Expr::Kind::Reduce: {
    std::string component =
        e->reduction == Reduction::Argmax && e->indices.size() > 1 ? fmt::format(".{}", e->component) : "";
    std::string range = over(e);
    return fmt::format("{}{}{} ({})", name(e->reduction), component, range, expr(e->body));
  }
  case Expr::Kind::Attend: {
    std::string range = over(e), score = expr(e->body), value = expr(e->value);
    return fmt::format("attend{} ({}, {}, by {})", range, score, value, tensor(e->weights->weights));
  }
  case Expr::Kind::Draw:
    return fmt::format("{}(site {:#x}{}{})", name(e->draw), e->site, e->operands.empty() ? "" : " at ",
                       list(e->operands));
  case Expr::Kind::Stop:
    return fmt::format("stop({})", expr(e->operands[0]));
  }
  return "";
}

// ---- ops ------------------------------------------------------------------------------------------------------------

std::string Printer::type(const Tensor &t) {
  std::vector<std::string> axes;
  for (const SizeExpr &axis : t.axes)
    axes.push_back(axis.str());
  return fmt::format("{}[{}]", t.element == Element::Working ? "" : name(t.element), fmt::join(axes, ", "));
}

std::string Printer::binders(const std::vector<const IndexVar *> &all) {
  std::vector<std::string> texts;
  for (const IndexVar *v : all)
    texts.push_back(fmt::format("{} < {}", index(v), v->bound.str()));
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// Row programs within come first, since they define the weights that the element mentions.
static void rowPrograms(const Expr *e, std::vector<const RowProgram *> &found, std::unordered_set<const Expr *> &seen) {
  if (!e || !seen.insert(e).second)
    return;
  for (const Expr *operand : e->operands)
    rowPrograms(operand, found, seen);
  for (const Expr *part : {e->where, e->body, e->value})
    rowPrograms(part, found, seen);
  if (e->weights)
    found.push_back(e->weights);
}

void Printer::define(const Op &op, const std::string &indent) {
  std::vector<const RowProgram *> programs;
  std::unordered_set<const Expr *> seen;
  rowPrograms(op.element, programs, seen);
  for (const RowProgram *program : programs) {
    out += fmt::format("{}weights {} -> {}\n", indent, typed(program->row), tensor(program->weights));
    body(*program->body, indent + "  ");
  }
  std::string over = binders(op.indices), element = scalars(op.element, indent + "  ");
  out += fmt::format("{}{} over [{}]\n{}{}  = {}\n", indent, typed(op.results[0]), over, bindings, indent, element);
}

void Printer::repeat(const Op &op, const std::string &indent) {
  bool kinds = op.layers.size() > 1;
  out += fmt::format("{}repeat {}\n", indent,
                     kinds ? fmt::format("schedule [{}]", fmt::join(op.schedule, ", "))
                           : fmt::format("{} times", op.schedule.size()));
  for (size_t k = 0; k != op.layers.size(); ++k) {
    const Op::Layer &each = op.layers[k];
    if (kinds)
      out += fmt::format("{}kind {}\n", indent, k);
    turn(op, each, indent);
  }
}

void Printer::branch(const Op &op, const std::string &indent) {
  std::string condition = op.atLeastZero ? op.atLeastZero->str() + " >= 0" : tensor(op.condition);
  for (size_t k : {0, 1}) {
    out += k == 0 ? fmt::format("{}if {}\n", indent, condition) : fmt::format("{}else\n", indent);
    body(*op.layers[k].body, indent + "  ");
    for (size_t n = 0; n != op.results.size(); ++n)
      out += fmt::format("{}  give {} -> {}\n", indent, tensor(op.layers[k].body->results[n]), typed(op.results[n]));
  }
}

void Printer::scan(const Op &op, const std::string &indent) {
  out += fmt::format("{}scan {}{}\n", indent, binders({op.turn}), op.reverse ? " from the end" : "");
  turn(op, op.layers[0], indent);
}

/// What comes in, the body, what goes on to the next turn, and what all turns collect.
void Printer::turn(const Op &op, const Op::Layer &each, const std::string &indent) {
  for (size_t n = 0; n != op.carries.size(); ++n)
    out += fmt::format("{}  carry {} = {}\n", indent, typed(each.body->arguments[n]), tensor(op.carries[n]));
  stacks(each, indent);
  body(*each.body, indent + "  ");
  for (size_t n = 0; n != op.results.size(); ++n)
    out += fmt::format("{}  {} {} -> {}\n", indent, n < op.carries.size() ? "next" : "collect",
                       tensor(each.body->results[n]), typed(op.results[n]));
}

void Printer::stacks(const Op::Layer &each, const std::string &indent) {
  for (const Op::Stack &stack : each.stacks) {
    std::string rows = stack.rows.empty() ? "" : fmt::format(" rows [{}]", fmt::join(stack.rows, ", "));
    const Parameter *parameter = stack.source->parameter;
    out += fmt::format("{}  layer {} of {}{}\n", indent, typed(stack.layer),
                       parameter ? parameter->path : tensor(stack.source), rows);
  }
}

void Printer::route(const Op &op, const std::string &indent) {
  out += fmt::format("{}route over [{}] by {}\n", indent, binders(op.indices), tensor(op.picks));
  const Op::Layer &each = op.layers[0];
  for (size_t n = 0; n != op.routed.size(); ++n) {
    std::vector<std::string> at;
    for (const IndexVar *v : op.routed[n].at)
      at.push_back(index(v));
    out += fmt::format("{}  row {} = {}[{}]\n", indent, typed(each.body->arguments[n]), tensor(op.routed[n].source),
                       fmt::join(at, ", "));
  }
  stacks(each, indent);
  body(*each.body, indent + "  ");
  for (size_t n = 0; n != op.results.size(); ++n)
    out += fmt::format("{}  gives {} -> {}\n", indent, tensor(each.body->results[n]), typed(op.results[n]));
}

void Printer::op(const Op &op, const std::string &indent) {
  switch (op.kind) {
  case Op::Kind::Define:
    return define(op, indent);
  case Op::Kind::Table:
    out += fmt::format("{}{} = table {:.9g}\n", indent, typed(op.results[0]), fmt::join(op.numbers, ", "));
    return;
  case Op::Kind::Reshape:
    out += fmt::format("{}{} = reshape {}\n", indent, typed(op.results[0]), tensor(op.source));
    return;
  case Op::Kind::Sort:
    out += fmt::format("{}{}, {} = first {} of {}{}\n", indent, typed(op.results[0]), typed(op.results[1]),
                       op.count.str(), tensor(op.source), op.descending ? ", descending" : "");
    return;
  case Op::Kind::Repeat:
    return repeat(op, indent);
  case Op::Kind::Branch:
    return branch(op, indent);
  case Op::Kind::Scan:
    return scan(op, indent);
  case Op::Kind::Route:
    return route(op, indent);
  case Op::Kind::Next:
    out += fmt::format("{}next {}{} = {}\n", indent, tensor(op.old), op.row ? fmt::format("[{}]", *op.row) : "",
                       tensor(op.source));
    return;
  case Op::Kind::Require:
    out += fmt::format("{}require {}, \"{}\"\n", indent,
                       op.atLeastZero ? op.atLeastZero->str() + " >= 0" : tensor(op.condition), op.message);
  }
}

void Printer::body(const Body &b, const std::string &indent) {
  for (const auto &each : b.ops)
    op(*each, indent);
}

// ---- the program ----------------------------------------------------------------------------------------------------

void Printer::parameter(const Parameter &p, std::string_view what) {
  out += fmt::format("{} {}: {}{}\n", what, p.path, type(*p.tensor), p.stacked ? " stacked" : "");
  for (const Part &part : p.parts) {
    out += fmt::format("  part \"{}\"", part.stored);
    if (part.layer >= 0)
      out += fmt::format(" layer {}", part.layer);
    if (part.extent)
      out += fmt::format(" at {} .. {}", part.begin, part.begin + part.extent);
    out += part.transposed ? " transposed" : "";
    for (const std::string &copy : part.copies)
      out += fmt::format(" copy \"{}\"", copy);
    out += "\n";
  }
  if (p.initial) {
    std::string over = binders(p.indices), initial = scalars(p.initial, "  ");
    out += fmt::format("{}  [{}] = {}\n", bindings, over, initial);
  }
}

void Printer::entry(const Entry &e) {
  std::string from = e.prefix ? " from " + e.prefix->str() : e.streamFrom ? " from " + tensor(e.streamFrom) : "";
  out += fmt::format("entry {} sizes [{}]{}\n", e.name, fmt::join(e.sizes, ", "),
                     e.stream ? " stream " + *e.stream + from : "");
  for (const Tensor *input : e.inputs)
    out += fmt::format("  input {}\n", typed(input));
  for (const std::string &input : e.without)
    out += fmt::format("  without {}\n", input);
  for (const OldState &old : e.states)
    out += fmt::format("  state {}\n", typed(old.tensor));
  body(e.body, "  ");
  for (const Result &result : e.results)
    out += fmt::format("  result {} = {}\n", result.name, tensor(result.tensor));
}

std::string Printer::program(const Program &p) {
  out = fmt::format("model {}\n", p.model);
  for (const auto &each : p.parameters)
    parameter(*each, "param");
  for (const auto &each : p.states)
    parameter(*each, "state"), tensors.take(each->path);
  for (const std::string &ignored : p.ignored)
    out += fmt::format("ignored \"{}\"\n", ignored);
  for (const auto &each : p.entries)
    entry(*each);
  return std::move(out);
}

std::string print(const Program &program, const Sources &) { return Printer().program(program); }

} // namespace heed::checked
