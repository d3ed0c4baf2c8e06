// Affine maps and conditions with the names of indices and sizes. In: expressions over dims and symbols. Out: text, and
// back.
#include "compiler/dialect/Syntax.h"

#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace heed {

Spelling::Spelling(ArrayRef<StringRef> enclosing, ArrayAttr names, ArrayAttr symbols)
    : enclosingCount(enclosing.size()) {
  llvm::StringSet<> taken;
  for (auto name : names.getAsRange<StringAttr>())
    taken.insert(name.getValue());
  // An own index may hide an enclosing one; here both can be meant, so the enclosing one gets another name.
  for (StringRef name : enclosing) {
    std::string free = name.str();
    for (unsigned n = 1; !taken.insert(free).second; ++n)
      free = (name + "_" + Twine(n)).str();
    dims.push_back(free);
  }
  for (auto name : names.getAsRange<StringAttr>())
    dims.push_back(name.str());
  for (auto [k, size] : llvm::enumerate(symbols.getAsRange<SizeAttr>())) {
    std::optional<std::string> name = size.getExpr().symbolName();
    sizes.push_back(name && taken.insert(*name).second ? *name : ("size$" + Twine(k)).str());
  }
}

// ---- writing --------------------------------------------------------------------------------------------------------

void Spelling::flatten(AffineExpr e, int64_t factor, SmallVectorImpl<Summand> &out) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(e);
  if (auto constant = dyn_cast<AffineConstantExpr>(e))
    return out.push_back({factor * constant.getValue(), getAffineConstantExpr(1, e.getContext())});
  if (binary && e.getKind() == AffineExprKind::Add)
    return flatten(binary.getLHS(), factor, out), flatten(binary.getRHS(), factor, out);
  if (binary && e.getKind() == AffineExprKind::Mul)
    if (auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS()))
      return flatten(binary.getLHS(), factor * constant.getValue(), out);
  out.push_back({factor, e});
}

/// A summand without its sign.
void Spelling::printTerm(raw_ostream &os, AffineExpr e) const {
  if (auto dim = dyn_cast<AffineDimExpr>(e)) {
    os << dims[dim.getPosition()];
  } else if (auto symbol = dyn_cast<AffineSymbolExpr>(e)) {
    unsigned k = symbol.getPosition();
    if (k < sizes.size())
      os << sizes[k];
    else
      os << "data$" << k - sizes.size();
  } else if (auto constant = dyn_cast<AffineConstantExpr>(e)) {
    os << constant.getValue();
  } else {
    auto binary = cast<AffineBinaryOpExpr>(e);
    auto operand = [&](AffineExpr part) {
      bool simple = !isa<AffineBinaryOpExpr>(part);
      os << (simple ? "" : "(");
      print(os, part);
      os << (simple ? "" : ")");
    };
    operand(binary.getLHS());
    os << (e.getKind() == AffineExprKind::Mod        ? " mod "
           : e.getKind() == AffineExprKind::FloorDiv ? " floordiv "
           : e.getKind() == AffineExprKind::CeilDiv  ? " ceildiv "
                                                     : " * ");
    operand(binary.getRHS());
  }
}

void Spelling::print(raw_ostream &os, AffineExpr e) const {
  SmallVector<Summand> summands;
  flatten(e, 1, summands);
  printSum(os, summands);
}

void Spelling::printSum(raw_ostream &os, SmallVectorImpl<Summand> &summands) const {
  // `T - t - 1` reads better than `-t + T - 1`.
  auto lead = llvm::find_if(summands, [](const Summand &s) { return s.first > 0; });
  if (lead != summands.end())
    std::rotate(summands.begin(), lead, lead + 1);
  for (auto [n, summand] : llvm::enumerate(summands)) {
    auto [coefficient, part] = summand;
    os << (n == 0 ? coefficient < 0 ? "-" : "" : coefficient < 0 ? " - " : " + ");
    uint64_t size = coefficient < 0 ? -uint64_t(coefficient) : coefficient;
    if (isa<AffineConstantExpr>(part)) {
      os << size;
      continue;
    }
    bool factored = size != 1 && isa<AffineBinaryOpExpr>(part);
    if (size != 1)
      os << size << " * ";
    os << (factored ? "(" : "");
    printTerm(os, part);
    os << (factored ? ")" : "");
  }
}

/// positive - negative + constant >= 0 (or == 0), with the constant alone on its side: `j <= i`, `i - j < 64`, `o < 4`.
void Spelling::printConstraint(raw_ostream &os, AffineExpr e, bool equality) const {
  SmallVector<Summand> summands, positive, negative;
  flatten(e, 1, summands);
  int64_t constant = 0;
  for (auto [coefficient, part] : summands)
    if (isa<AffineConstantExpr>(part))
      constant += coefficient;
    else
      (coefficient < 0 ? negative : positive).push_back({std::abs(coefficient), part});
  if (constant == 0 && !positive.empty() && !negative.empty()) {
    printSum(os, positive);
    os << (equality ? " == " : " >= ");
    return printSum(os, negative);
  }
  bool flip = positive.empty() || (constant > 0 && !negative.empty()); // negative - positive <= constant
  SmallVector<Summand> &left = flip ? negative : positive, &minus = flip ? positive : negative;
  for (auto [coefficient, part] : minus)
    left.push_back({-coefficient, part});
  if (left.empty())
    left.push_back({0, getAffineConstantExpr(1, e.getContext())});
  printSum(os, left);
  if (equality)
    os << " == " << (flip ? constant : -constant);
  else if (flip && constant > 0)
    os << " < " << constant + 1;
  else
    os << (flip ? " <= " : " >= ") << (flip ? constant : -constant);
}

void Spelling::print(raw_ostream &os, ConditionAttr condition) const {
  if (condition.getSets().empty())
    os << "false";
  auto conjunction = [&](IntegerSet set) {
    os << '(';
    for (unsigned n = 0; n < set.getNumConstraints(); ++n) {
      os << (n == 0 ? "" : ", ");
      printConstraint(os, set.getConstraint(n), set.isEq(n));
    }
    os << ')';
  };
  llvm::interleave(condition.getSets(), os, conjunction, " or ");
}

// ---- reading --------------------------------------------------------------------------------------------------------

AffineExpr Spelling::find(MLIRContext *context, StringRef name) {
  if (auto dim = llvm::find(dims, name); dim != dims.end())
    return getAffineDimExpr(dim - dims.begin(), context);
  if (auto size = llvm::find(sizes, name); size != sizes.end())
    return getAffineSymbolExpr(size - sizes.begin(), context);
  unsigned access;
  if (!name.consume_front("data$") || name.getAsInteger(10, access))
    return {};
  dataEnd = std::max(dataEnd, access + 1);
  return getAffineSymbolExpr(sizes.size() + access, context);
}

ParseResult Spelling::parsePrimary(AsmParser &p, AffineExpr &e) {
  if (succeeded(p.parseOptionalMinus())) {
    if (parsePrimary(p, e))
      return failure();
    e = -e;
    return success();
  }
  if (succeeded(p.parseOptionalLParen()))
    return failure(parse(p, e) || p.parseRParen());
  int64_t number;
  OptionalParseResult isNumber = p.parseOptionalInteger(number);
  if (isNumber.has_value()) {
    e = getAffineConstantExpr(number, p.getContext());
    return *isNumber;
  }
  StringRef name;
  SMLoc loc = p.getCurrentLocation();
  if (failed(p.parseOptionalKeyword(&name)))
    return p.emitError(loc, "expected an index, a size or a number");
  e = find(p.getContext(), name);
  return e ? success() : ParseResult(p.emitError(loc) << "unknown index or size '" << name << "'");
}

ParseResult Spelling::parseProduct(AsmParser &p, AffineExpr &e) {
  if (parsePrimary(p, e))
    return failure();
  while (true) {
    SMLoc loc = p.getCurrentLocation();
    AffineExprKind kind;
    if (succeeded(p.parseOptionalStar()))
      kind = AffineExprKind::Mul;
    else if (succeeded(p.parseOptionalKeyword("floordiv")))
      kind = AffineExprKind::FloorDiv;
    else if (succeeded(p.parseOptionalKeyword("ceildiv")))
      kind = AffineExprKind::CeilDiv;
    else if (succeeded(p.parseOptionalKeyword("mod")))
      kind = AffineExprKind::Mod;
    else
      return success();
    AffineExpr right;
    if (parsePrimary(p, right))
      return failure();
    bool product = kind == AffineExprKind::Mul;
    if (product && !isa<AffineConstantExpr>(right))
      std::swap(e, right);
    auto constant = dyn_cast<AffineConstantExpr>(right);
    if (!constant || (!product && constant.getValue() <= 0))
      return p.emitError(loc) << "expected " << (product ? "a constant factor" : "a positive constant divisor");
    e = getAffineBinaryOpExpr(kind, e, right);
  }
}

ParseResult Spelling::parse(AsmParser &p, AffineExpr &e) {
  if (parseProduct(p, e))
    return failure();
  while (true) {
    bool plus = succeeded(p.parseOptionalPlus());
    if (!plus && failed(p.parseOptionalMinus()))
      return success();
    AffineExpr right;
    if (parseProduct(p, right))
      return failure();
    e = plus ? e + right : e - right;
  }
}

ParseResult Spelling::parseConstraint(AsmParser &p, Condition::Conjunction &all) {
  AffineExpr left, right;
  if (parse(p, left))
    return failure();
  bool less = succeeded(p.parseOptionalLess()), more = !less && succeeded(p.parseOptionalGreater());
  bool equal = succeeded(p.parseOptionalEqual());
  if (!less && !more && (!equal || p.parseEqual()))
    return p.emitError(p.getCurrentLocation(), "expected <, <=, ==, >= or >");
  if (parse(p, right))
    return failure();
  if (less)
    std::swap(left, right);
  bool strict = (less || more) && !equal;
  all.constraints.push_back(left - right - int64_t(strict));
  all.equalities.push_back(!less && !more);
  return success();
}

ParseResult Spelling::parse(AsmParser &p, Condition &condition) {
  if (succeeded(p.parseOptionalKeyword("false")))
    return success();
  do {
    auto &all = condition.any.emplace_back();
    if (p.parseCommaSeparatedList(AsmParser::Delimiter::Paren, [&] { return parseConstraint(p, all); }))
      return failure();
    if (all.constraints.empty())
      return p.emitError(p.getCurrentLocation(), "expected a constraint; `0 == 0` is always true");
  } while (succeeded(p.parseOptionalKeyword("or")));
  return success();
}

ParseResult Spelling::countAccesses(AsmParser &p, unsigned count) {
  accesses = count;
  if (dataEnd <= count)
    return success();
  return p.emitError(p.getNameLoc()) << "unknown `data$" << dataEnd - 1 << "` of " << count << " accesses";
}

ConditionAttr Spelling::close(MLIRContext *context, const Condition &condition) const {
  unsigned symbols = sizes.size() + accesses;
  SmallVector<IntegerSet> sets;
  for (const auto &[constraints, equalities] : condition.any) {
    auto simple =
        llvm::map_to_vector(constraints, [&](AffineExpr e) { return simplifyAffineExpr(e, dims.size(), symbols); });
    sets.push_back(IntegerSet::get(dims.size(), symbols, simple, equalities));
  }
  return ConditionAttr::get(context, sets);
}

AffineMap Spelling::close(MLIRContext *context, ArrayRef<AffineExpr> exprs) const {
  return AffineMap::get(dims.size(), sizes.size() + accesses, exprs, context);
}

} // namespace heed
