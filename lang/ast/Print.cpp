// Writes a tree as text: a node a line, its children indented below it, ` @line:column` at the end.
#include "lang/ast/Ast.h"

#include <fmt/format.h>

namespace heed::ast {

namespace {

constexpr const char *kOperators[] = {"or", "and", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^"};
constexpr const char *kAssignments[] = {"=", "+=", "-=", "*="};

/// As a program would write it.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '\n')
      result += "\\n";
    else if (c == '\t')
      result += "\\t";
    else if (c == '"' || c == '\\')
      (result += '\\') += c;
    else
      result += c;
  }
  return result + '"';
}

class Printer {
public:
  explicit Printer(const Sources &sources) : sources(sources) {}

  void print(const File &file) {
    out += "file\n";
    Deeper deeper(*this);
    documentation(file.doc);
    for (const Declaration &declaration : file.declarations)
      print(declaration);
  }

  std::string out;

private:
  struct Deeper {
    explicit Deeper(Printer &printer) : printer(printer) { printer.indent += 2; }
    ~Deeper() { printer.indent -= 2; }
    Printer &printer;
  };

  void line(std::string_view text) { out.append(indent, ' ').append(text).append("\n"); }
  void line(std::string_view text, Range range) {
    Position position = sources.position(range.file, range.begin);
    line(fmt::format("{} @{}:{}", text, position.line, position.column));
  }
  void documentation(const std::string &text) {
    if (!text.empty())
      line("doc " + quoted(text));
  }

  /// A child with what it is to its parent; nothing if there is none.
  void child(std::string_view role, const ExprPtr &expr) {
    if (!expr)
      return;
    line(role);
    Deeper deeper(*this);
    print(*expr);
  }

  // ---- declarations

  void print(const Declaration &node) {
    switch (node.kind) {
    case Declaration::Kind::Use:
      print(*node.use, node.range);
      break;
    case Declaration::Kind::Block:
      line(fmt::format("{} {}", node.block->isModel ? "model" : "block", node.block->name.text), node.range);
      break;
    case Declaration::Kind::Function:
      print(*node.function);
      break;
    case Declaration::Kind::Type:
      line("type " + node.name.text, node.range);
      break;
    case Declaration::Kind::Model:
      line("model " + node.name.text + " =", node.range);
      break;
    case Declaration::Kind::Value:
      line("value " + node.name.text, node.range);
      break;
    case Declaration::Kind::Recipe:
      line("recipe " + node.name.text, node.range);
      break;
    }
    Deeper deeper(*this);
    if (!node.function)
      documentation(node.doc);
    attributes(node.attributes);
    if (node.block) {
      parameters(node.block->lists);
      for (const Member &member : node.block->members)
        print(member);
    }
    print(node.type);
    if (node.value)
      print(*node.value);
    for (const Setting &setting : node.settings) {
      line("setting " + setting.name.text, setting.range);
      Deeper deeper(*this);
      print(*setting.value);
    }
  }

  void print(const Use &node, Range range) {
    std::string text = "use ";
    for (const Name &name : node.path)
      text += name.text + ".";
    text += node.braces ? "{" : "";
    for (const Name &name : node.names)
      text += (&name == &node.names.front() ? "" : ", ") + name.text;
    line(text + (node.braces ? "}" : ""), range);
  }

  void attributes(const std::vector<Attribute> &list) {
    for (const Attribute &attribute : list) {
      line("@" + attribute.name.text, attribute.range);
      Deeper deeper(*this);
      print(attribute.arguments);
    }
  }

  void print(const Member &node) {
    static constexpr const char *kKinds[] = {"parameter", "state", "table", "bind", "function", "require"};
    if (node.kind != Member::Kind::Function)
      line(kKinds[size_t(node.kind)], node.range);
    else
      print(*node.function);
    Deeper deeper(*this);
    if (!node.function)
      documentation(node.doc);
    attributes(node.attributes);
    for (const Target &target : node.targets)
      print(target);
    if (node.value)
      print(*node.value);
    if (node.kind == Member::Kind::Require)
      line("message " + quoted(node.message));
    child("if", node.condition);
  }

  void print(const Function &node) {
    line(node.name ? "fn " + node.name->text : "fn", node.range);
    Deeper deeper(*this);
    documentation(node.doc);
    parameters(node.lists);
    if (node.result) {
      line("->");
      Deeper deeper(*this);
      print(node.result);
    }
    child(node.equals ? "=" : "body", node.body);
  }

  void parameters(const std::vector<std::vector<Parameter>> &lists) {
    for (const std::vector<Parameter> &list : lists) {
      line("parameters");
      Deeper deeper(*this);
      for (const Parameter &parameter : list) {
        line(parameter.name.text + (parameter.optional ? "?" : ""), parameter.range);
        Deeper deeper(*this);
        print(parameter.type);
        child("=", parameter.value);
      }
    }
  }

  // ---- statements

  void print(const Statement &node) {
    switch (node.kind) {
    case Statement::Kind::Require:
      line("require", node.range);
      break;
    case Statement::Kind::Bind:
      line(fmt::format("{}bind {}", node.next ? "next " : "", kAssignments[size_t(node.op)]), node.range);
      break;
    case Statement::Kind::Results:
      line("results", node.range);
      break;
    case Statement::Kind::For:
      line(fmt::format("for {}{}", node.first.text, node.second ? ", " + node.second->text : ""), node.range);
      break;
    }
    Deeper deeper(*this);
    for (const Target &target : node.targets)
      print(target);
    for (const ExprPtr *part : {&node.condition, &node.value, &node.over})
      if (*part)
        print(**part);
    if (node.kind == Statement::Kind::Require)
      line("message " + quoted(node.message));
    if (node.body)
      print(*node.body);
  }

  void print(const Target &node) {
    line("target " + node.name.text, node.range);
    Deeper deeper(*this);
    print(node.type);
    if (node.binders)
      print(*node.binders, nullptr);
  }

  void print(const std::vector<Binder> &binders, const ExprPtr &where) {
    for (const Binder &binder : binders) {
      static constexpr const char *kKinds[] = {"binder ..", "binder :", "binder ", "binder ()"};
      line(kKinds[size_t(binder.kind)] + binder.name.text, binder.range);
      Deeper deeper(*this);
      if (binder.in)
        print(*binder.in);
      print(binder.parts, nullptr);
    }
    child("where", where);
  }

  // ---- types

  void print(const TypePtr &node) {
    if (!node)
      return;
    static constexpr const char *kKinds[] = {"tensor", "element", "named", "list", "function", "tuple"};
    line(fmt::format("type {}{}{}", kKinds[size_t(node->kind)], node->name.empty() ? "" : " ", node->name),
         node->range);
    Deeper deeper(*this);
    for (const Axis &axis : node->axes) {
      line(axis.spread ? "axis .." : axis.stream ? "axis stream" : "axis", axis.range);
      Deeper deeper(*this);
      if (axis.size)
        print(*axis.size);
      child("from", axis.from);
      child("if", axis.onlyIf);
    }
    print(node->element);
    for (const Type::Argument &argument : node->takes)
      field(argument.name, argument.type);
    for (const Type::Field &part : node->fields)
      field(part.name, part.type);
    if (node->gives) {
      line("->");
      Deeper deeper(*this);
      print(node->gives);
    }
  }

  void field(const std::optional<Name> &name, const TypePtr &type) {
    line(name ? name->text : "_");
    Deeper deeper(*this);
    print(type);
  }

  // ---- expressions

  void print(const std::vector<Argument> &arguments) {
    for (const Argument &argument : arguments) {
      if (argument.name)
        child(argument.name->text + " =", argument.value);
      else
        print(*argument.value);
    }
  }

  void print(const std::vector<Index> &indices) {
    for (const Index &index : indices) {
      static constexpr const char *kKinds[] = {"index ..", "index :", "index", "index ()"};
      line(kKinds[size_t(index.kind)], index.range);
      Deeper deeper(*this);
      child("low", index.low);
      child("high", index.high);
      print(index.parts);
    }
  }

  static std::string headOf(const Expr &expr) {
    switch (expr.kind) {
    case Expr::Kind::Number:
      return "number " + as<Number>(&expr)->text;
    case Expr::Kind::String:
      return "string " + quoted(as<String>(&expr)->value);
    case Expr::Kind::Name:
      return "name " + as<NameExpr>(&expr)->name;
    case Expr::Kind::Paren:
      return "paren";
    case Expr::Kind::Tuple:
      return as<Tuple>(&expr)->bare ? "tuple bare" : "tuple";
    case Expr::Kind::List:
      return "list";
    case Expr::Kind::Comprehension: {
      const auto &node = *as<Comprehension>(&expr);
      return fmt::format("list for {}{}", node.first.text, node.second ? ", " + node.second->text : "");
    }
    case Expr::Kind::Map:
      return "map";
    case Expr::Kind::Body:
      return "body";
    case Expr::Kind::If:
      return "if";
    case Expr::Kind::Lambda:
      return "lambda";
    case Expr::Kind::Unary:
      return as<Unary>(&expr)->op == Unary::Op::Negate ? "negate" : "not";
    case Expr::Kind::Binary:
      return kOperators[size_t(as<Binary>(&expr)->op)];
    case Expr::Kind::Span:
      return "range";
    case Expr::Kind::Reduce:
      return "reduce " + as<Reduce>(&expr)->reducer.text;
    case Expr::Kind::Attend:
      return "attend";
    case Expr::Kind::Dot:
      return "dot " + as<Dot>(&expr)->name.text;
    case Expr::Kind::Call:
      return "call";
    case Expr::Kind::Subscript:
      return "subscript";
    case Expr::Kind::With:
      return "with";
    }
    return "";
  }

  void print(const Expr &expr) {
    line(headOf(expr), expr.range);
    Deeper deeper(*this);
    parts(expr);
  }

  void parts(const Expr &expr) {
    if (auto *node = as<Paren>(&expr)) {
      print(*node->inner);
    } else if (auto *node = as<Tuple>(&expr)) {
      print(node->entries);
    } else if (auto *node = as<List>(&expr)) {
      for (const ExprPtr &element : node->elements)
        print(*element);
    } else if (auto *node = as<Comprehension>(&expr)) {
      print(*node->element);
      child("in", node->over);
    } else if (auto *node = as<Map>(&expr)) {
      for (const Map::Entry &entry : node->entries)
        child(quoted(entry.key) + ":", entry.value);
    } else if (auto *node = as<Body>(&expr)) {
      for (const StatementPtr &statement : node->statements)
        print(*statement);
    } else if (auto *node = as<If>(&expr)) {
      print(*node->condition);
      child("then", node->then);
      child("else", node->otherwise);
    } else if (auto *node = as<Lambda>(&expr)) {
      print(*node->function);
    } else if (auto *node = as<Unary>(&expr)) {
      print(*node->operand);
    } else if (auto *node = as<Binary>(&expr)) {
      print(*node->left);
      print(*node->right);
    } else if (auto *node = as<Span>(&expr)) {
      print(*node->low);
      print(*node->high);
    } else if (auto *node = as<Reduce>(&expr)) {
      print(node->binders, node->where);
      print(*node->body);
    } else if (auto *node = as<Attend>(&expr)) {
      print(node->binders, node->where);
      print(node->arguments);
    } else if (auto *node = as<Dot>(&expr)) {
      print(*node->base);
    } else if (auto *node = as<Call>(&expr)) {
      print(*node->callee);
      print(node->arguments);
    } else if (auto *node = as<Subscript>(&expr)) {
      print(*node->base);
      print(node->indices);
    } else if (auto *node = as<With>(&expr)) {
      print(*node->base);
      print(*node->map);
    }
  }

  const Sources &sources;
  size_t indent = 0;
};

} // namespace

std::string print(const File &file, const Sources &sources) {
  Printer printer(sources);
  printer.print(file);
  return std::move(printer.out);
}

} // namespace heed::ast
