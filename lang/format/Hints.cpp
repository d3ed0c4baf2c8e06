// Walks the tree of a file and notes at its pieces what only the tree knows: which `:` slices, where a reduction's body
// begins, under what a continued line stands, and what may be aligned.
#include "lang/format/Pieces.h"

#include <algorithm>

namespace heed::format_detail {

using namespace ast;

namespace {

// Widths that are still aligned may differ by so much: names; other targets; types; attributes and heads of
// functions.
constexpr unsigned kNameSpread = 16, kTargetSpread = 8, kTypeSpread = 8, kHeadSpread = 24;

/// Binds as tightly as one factor.
bool isSimple(const ExprPtr &expr) {
  if (!expr)
    return true;
  if (const auto *negation = as<Unary>(expr))
    return negation->op == Unary::Op::Negate && isSimple(negation->operand);
  return expr->kind != Expr::Kind::Binary && expr->kind != Expr::Kind::If && expr->kind != Expr::Kind::Reduce;
}

int tightness(Binary::Op op) {
  switch (op) {
  case Binary::Op::Or:
    return 0;
  case Binary::Op::And:
    return 1;
  case Binary::Op::Add:
  case Binary::Op::Subtract:
    return 3;
  case Binary::Op::Multiply:
  case Binary::Op::Divide:
  case Binary::Op::Remainder:
    return 4;
  case Binary::Op::Power:
    return 5;
  default:
    return 2;
  }
}

class Hints {
public:
  explicit Hints(Pieces &pieces) : pieces(pieces) {}

  void file(const File &node) {
    for (const Declaration &declaration : node.declarations)
      visit(declaration);
    std::sort(pieces.rows.begin(), pieces.rows.end(), [](const Row &a, const Row &b) { return a.begin < b.begin; });
  }

private:
  // ---- noting

  PieceId first(Range range) const { return pieces.at(range.begin); }
  PieceId first(const ExprPtr &expr) const { return first(expr->range); }
  /// The piece behind a range, whose last token ends with it.
  PieceId behind(Range range) const {
    auto after = std::lower_bound(pieces.list.begin(), pieces.list.end(), range.end,
                                  [](const Piece &piece, uint32_t end) { return piece.offset < end; });
    PieceId i = static_cast<PieceId>(after - pieces.list.begin());
    return i < pieces.size() && isComment(pieces[i].kind) ? pieces.next(i) : i < pieces.size() ? i : kNone;
  }

  void gap(PieceId i, int spaces) {
    if (i != kNone)
      pieces[i].gap = spaces;
  }
  void starts(PieceId i) {
    if (i != kNone)
      pieces[i].starts = true;
  }
  void under(PieceId i, PieceId column) { hang(i, Hang::Column, column, 0); }
  void below(PieceId i, PieceId line, unsigned by) { hang(i, Hang::Indent, line, by); }
  void hang(PieceId i, Hang how, PieceId at, unsigned by) {
    if (i == kNone || at == kNone || at >= i)
      return;
    pieces[i].hang = how;
    pieces[i].hangs = at;
    pieces[i].hangBy = by;
  }
  void braces(PieceId open, Braces what, PieceId head) {
    if (open == kNone)
      return;
    pieces[open].braces = what;
    pieces[open].head = head;
  }

  /// `name = value`, `name: type = value`, with attributes before.
  void row(Row::Kind kind, Range whole, PieceId name, const TypePtr &type, PieceId value, PieceId typeWord = kNone) {
    Row result{kind, first(whole), behind(whole), {}, false, TokenKind::Assign};
    if (result.begin == kNone)
      return;
    result.attributed = name != result.begin;
    if (result.attributed)
      result.stops.push_back({name, kHeadSpread});
    TokenKind after = pieces[pieces.next(name)].kind;
    bool plain = after == TokenKind::Assign || after == TokenKind::Colon;
    unsigned spread = plain ? kNameSpread : kTargetSpread;
    PieceId typed = typeWord != kNone ? typeWord : type ? first(type->range) : kNone;
    if (typed != kNone) {
      result.stops.push_back({typed, spread});
      spread = kTypeSpread;
    }
    if (value != kNone) {
      PieceId equals = pieces.previous(value);
      result.op = pieces[equals].kind;
      result.stops.push_back({equals, spread});
    }
    pieces.rows.push_back(std::move(result));
  }

  // ---- declarations

  void attributes(const std::vector<Attribute> &list) {
    for (const Attribute &attribute : list) {
      starts(first(attribute.range));
      PieceId next = behind(attribute.range);
      starts(next);
      if (next != kNone)
        pieces[next].afterAttribute = true;
      visit(attribute.arguments);
    }
  }

  void visit(const Declaration &node) {
    starts(first(node.range));
    attributes(node.attributes);
    if (node.use && node.use->braces) {
      PieceId open = pieces.previous(first(node.use->names[0].range));
      braces(open, Braces::Items, kNone);
      pieces[open].fills = true;
    }
    if (node.block)
      visit(*node.block);
    if (node.function)
      visit(*node.function, node.range);
    visit(node.type);
    visit(node.value);
    if (node.kind == Declaration::Kind::Type || node.kind == Declaration::Kind::Value ||
        node.kind == Declaration::Kind::Model) {
      PieceId value = node.type ? first(node.type->range) : first(node.value);
      below(value, first(node.range), 2);
      row(Row::Kind::Binding, node.range, first(node.range), nullptr, value);
    }
    if (node.kind == Declaration::Kind::Recipe) {
      gap(first(node.value), 1);
      braces(behind(node.value->range), Braces::Body, pieces.previous(first(node.name.range)));
      for (const Setting &setting : node.settings) {
        starts(first(setting.range));
        visit(setting.value);
        below(first(setting.value), first(setting.range), 2);
        row(Row::Kind::Binding, setting.range, first(setting.range), nullptr, first(setting.value));
      }
    }
  }

  void visit(const Block &node) {
    PieceId word = pieces.previous(first(node.name.range));
    parameters(node.lists);
    // Its `{` stands behind the last `)`.
    PieceId open = pieces.next(first(node.name.range));
    for (size_t i = 0; i < node.lists.size(); ++i)
      open = pieces.next(pieces[open].partner);
    braces(open, Braces::Body, word);
    for (const Member &member : node.members)
      visit(member);
  }

  void visit(const Member &node) {
    starts(first(node.range));
    attributes(node.attributes);
    for (const Target &target : node.targets)
      visit(target);
    visit(node.value);
    visit(node.condition);
    if (node.function)
      visit(*node.function, node.range);
    if (node.targets.empty())
      return;
    const Target &target = node.targets[0];
    PieceId name = first(target.range), word = kNone;
    if (target.type && node.kind != Member::Kind::Bind) { // `param` or `state` begins the column of types
      word = pieces.previous(first(target.type->range));
      gap(first(target.type->range), 1);
    }
    below(first(node.value), name, 2);
    if (node.kind != Member::Kind::Table) // `A[d in D]: param = …` has no type to align
      row(Row::Kind::Binding, node.range, name, target.type, first(node.value), word);
  }

  void parameters(const std::vector<std::vector<Parameter>> &lists) {
    for (const std::vector<Parameter> &list : lists) {
      if (!list.empty())
        pieces[pieces.previous(first(list[0].range))].fills = true;
      for (const Parameter &parameter : list) {
        visit(parameter.type);
        visit(parameter.value);
        row(Row::Kind::Item, parameter.range, first(parameter.range), parameter.type,
            parameter.value ? first(parameter.value) : kNone);
      }
    }
  }

  /// `whole` holds its attributes too.
  void visit(const Function &node, Range whole) {
    PieceId word = first(node.range), body = first(node.body);
    if (!node.name)
      gap(pieces.next(word), 1);
    parameters(node.lists);
    visit(node.result);
    if (node.result)
      below(pieces.previous(first(node.result->range)), word, 4);
    visit(node.body);
    PieceId stop = body;
    if (node.equals) {
      below(body, word, 2);
      pieces[body].afterEquals = true;
      stop = pieces.previous(body);
    }
    if (pieces[body].kind == TokenKind::LeftBrace)
      pieces[body].head = word;
    Row row{Row::Kind::Function, first(whole), behind(whole), {}, false, pieces[stop].kind};
    row.stops.push_back({stop, kHeadSpread});
    pieces.rows.push_back(std::move(row));
  }

  // ---- statements

  void visit(const Statement &node) {
    starts(first(node.range));
    for (const Target &target : node.targets)
      visit(target);
    visit(node.condition);
    visit(node.value);
    visit(node.over);
    if (node.body) {
      body(*node.body);
      pieces[first(node.body->range)].head = first(node.range);
    }
    if (node.kind == Statement::Kind::Bind) {
      below(first(node.value), first(node.range), 2);
      row(Row::Kind::Binding, node.range, first(node.range), node.targets[0].type, first(node.value));
    }
  }

  void visit(const Target &node) {
    visit(node.type);
    if (node.binders)
      visit(*node.binders);
  }

  void visit(const std::vector<Binder> &list) {
    for (const Binder &binder : list) {
      visit(binder.in);
      visit(binder.parts);
      if (binder.kind == Binder::Kind::Composite)
        pieces[first(binder.range)].composite = true;
    }
  }

  // ---- types

  void visit(const TypePtr &node) {
    if (!node)
      return;
    if (node->kind == Type::Kind::Function || (node->kind == Type::Kind::Tensor && !node->name.empty()))
      gap(pieces.next(first(node->range)), 0);
    for (const Axis &axis : node->axes) {
      visit(axis.size);
      visit(axis.from);
      if (axis.from)
        gap(first(axis.from), 1);
      visit(axis.onlyIf);
      if (axis.onlyIf)
        gap(first(axis.onlyIf), 1);
    }
    visit(node->element);
    for (const Type::Argument &argument : node->takes)
      visit(argument.type);
    visit(node->gives);
    for (const Type::Field &field : node->fields)
      visit(field.type);
  }

  // ---- expressions

  void visit(const std::vector<Argument> &list) {
    for (const Argument &argument : list) {
      visit(argument.value);
      if (argument.name)
        row(Row::Kind::Item, argument.range, first(argument.range), nullptr, first(argument.value));
    }
  }

  void visit(const std::vector<Index> &list) {
    for (const Index &index : list) {
      visit(index.low);
      visit(index.high);
      visit(index.parts);
      if (index.kind == Index::Kind::Composite)
        pieces[first(index.range)].composite = true;
      if (index.kind == Index::Kind::Slice)
        slice(index);
    }
  }

  /// `a:b`, but `a + 1 : b`; the colon keeps away from a term only where one stands.
  void slice(const Index &index) {
    PieceId colon = index.low ? behind(index.low->range) : first(index.range);
    bool tight = isSimple(index.low) && isSimple(index.high);
    if (index.low)
      gap(colon, tight ? 0 : 1);
    if (index.high)
      gap(first(index.high), tight ? 0 : 1);
  }

  void visit(const ExprPtr &expr) {
    if (expr)
      visit(*expr, first(expr));
  }

  /// `from` is where operators of the outermost chain align: the begin of the expression, or of the reduction it is the
  /// body of.
  void visit(const Expr &expr, PieceId from) {
    if (auto *node = as<Paren>(&expr)) {
      visit(node->inner);
    } else if (auto *node = as<Tuple>(&expr)) {
      visit(node->entries);
      for (const Argument &entry : node->entries)
        if (node->bare)
          under(first(entry.range), first(node->range));
    } else if (auto *node = as<List>(&expr)) {
      pieces[first(node->range)].braces = Braces::Items;
      for (const ExprPtr &element : node->elements)
        visit(element);
    } else if (auto *node = as<Comprehension>(&expr)) {
      pieces[first(node->range)].braces = Braces::Items;
      visit(node->element);
      visit(node->over);
    } else if (auto *node = as<Map>(&expr)) {
      map(*node);
    } else if (auto *node = as<Body>(&expr)) {
      body(*node);
    } else if (auto *node = as<If>(&expr)) {
      conditional(*node, first(node->range));
    } else if (auto *node = as<Lambda>(&expr)) {
      visit(*node->function, node->function->range);
    } else if (auto *node = as<Unary>(&expr)) {
      visit(*node->operand, node->op == Unary::Op::Negate ? from : first(node->operand));
    } else if (auto *node = as<Binary>(&expr)) {
      operators(*node, from);
    } else if (auto *node = as<Span>(&expr)) {
      visit(node->low);
      visit(node->high);
    } else if (auto *node = as<Reduce>(&expr)) {
      over(pieces.next(first(node->range)), node->binders, node->where);
      gap(first(node->body), 1);
      visit(*node->body, from);
    } else if (auto *node = as<Attend>(&expr)) {
      over(pieces.next(first(node->range)), node->binders, node->where);
      visit(node->arguments);
    } else if (auto *node = as<Dot>(&expr)) {
      visit(node->base);
    } else if (auto *node = as<Call>(&expr)) {
      visit(node->callee);
      visit(node->arguments);
    } else if (auto *node = as<Subscript>(&expr)) {
      visit(node->base);
      visit(node->indices);
    } else if (auto *node = as<With>(&expr)) {
      visit(node->base);
      visit(node->map);
    }
  }

  void over(PieceId bracket, const std::vector<Binder> &binders, const ExprPtr &where) {
    gap(bracket, 0);
    visit(binders);
    visit(where);
  }

  void operators(const Binary &node, PieceId from) {
    const auto *left = as<Binary>(node.left);
    bool sameChain = left && tightness(left->op) == tightness(node.op);
    visit(*node.left, sameChain ? from : first(node.left));
    visit(node.right);
    under(first(node.opRange), from);
    under(first(node.right), from);
  }

  void map(const Map &node) {
    braces(first(node.range), Braces::Items, kNone);
    for (const Map::Entry &entry : node.entries) {
      visit(entry.value);
      Row row{Row::Kind::Item, first(entry.keyRange), behind(entry.value->range), {}, false, TokenKind::Colon};
      row.stops.push_back({first(entry.value), kHeadSpread});
      pieces.rows.push_back(std::move(row));
    }
  }

  void body(const Body &node) {
    PieceId open = first(node.range);
    braces(open, Braces::Body, open);
    for (const StatementPtr &statement : node.statements)
      visit(*statement);
  }

  /// A chain of conditionals stands under its first `if`.
  void conditional(const If &node, PieceId head) {
    visit(node.condition);
    for (const ExprPtr *part : {&node.then, &node.otherwise}) {
      under(pieces.previous(first(*part)), head);
      if (const auto *next = as<If>(*part); next && part == &node.otherwise)
        conditional(*next, head);
      else
        visit(*part);
      if ((*part)->kind == Expr::Kind::Body)
        pieces[first(*part)].head = head;
    }
  }

  Pieces &pieces;
};

} // namespace

void addHints(Pieces &pieces, const File &file) {
  if (pieces.size())
    Hints(pieces).file(file);
}

} // namespace heed::format_detail
