// The parser's one class: a cursor over tokens and a function for each rule of the grammar, defined by subject in
// Expressions.cpp, Types.cpp, Statements.cpp and Declarations.cpp.
//
// Errors: the first one in a stretch of text is reported and sets `panicking`, in which no test for a token holds and
// nothing more is reported, so every rule returns at once. Whoever knows where that stretch ends goes on from there: a
// bracket behind its closing one, a statement at the next one. Brackets are paired beforehand, so nothing is ever read
// past their end.
#pragma once

#include "lang/ast/Ast.h"
#include "lang/lex/Lexer.h"

#include <initializer_list>

namespace heed {

/// `=`, `+=`, `-=` or `*=`.
bool assigns(TokenKind);

class Grammar {
public:
  Grammar(const Sources &, FileId, Diagnostics &);

  ast::File file();
  ast::ExprPtr onlyExpression();

private:
  // ---- declarations
  std::string headDocumentation();
  std::optional<ast::Declaration> declaration();
  void noDeclaration();
  void noMember();
  void use(ast::Declaration &);
  void model(ast::Declaration &);
  void recipe(ast::Declaration &);
  std::vector<ast::Attribute> attributes();
  std::unique_ptr<ast::Block> block(ast::Name name, bool isModel);
  ast::Member member();
  void data(ast::Member &);
  std::unique_ptr<ast::Function> function();
  std::vector<std::vector<ast::Parameter>> parameterLists();
  ast::Parameter parameter();

  // ---- statements
  std::unique_ptr<ast::Body> body();
  ast::StatementPtr statement();
  void require(ast::ExprPtr &condition, std::string &message);
  void loop(ast::Statement &);
  bool atTargets() const;
  std::vector<ast::Target> targets();
  ast::Target target();
  ast::ExprPtr results();
  std::vector<ast::Binder> binders();
  ast::Binder binder();
  void notABinder(unsigned begin);

  // ---- expressions, weakest first
  ast::ExprPtr expression();
  ast::ExprPtr conditional();
  ast::ExprPtr disjunction();
  ast::ExprPtr conjunction();
  ast::ExprPtr negation();
  ast::ExprPtr comparison();
  ast::ExprPtr span();
  ast::ExprPtr sum();
  ast::ExprPtr product();
  ast::ExprPtr factor();
  bool atReduction(unsigned ahead = 0) const;
  ast::ExprPtr reduction();
  ast::ExprPtr unary();
  ast::ExprPtr power();
  ast::ExprPtr postfix();
  ast::ExprPtr primary();
  ast::ExprPtr parenthesis();
  ast::ExprPtr list();
  ast::ExprPtr braces();
  ast::ExprPtr map();
  ast::ExprPtr attend();
  ast::ExprPtr noExpression();
  std::vector<ast::Argument> arguments();
  std::vector<ast::Index> indices();
  ast::Index index();
  bool atComposite() const;
  void over(std::vector<ast::Binder> &, ast::ExprPtr &where);

  // ---- types
  ast::TypePtr type();
  ast::TypePtr brackets(std::string element, unsigned begin);
  ast::TypePtr functionType();
  ast::TypePtr tupleType();
  ast::Axis axis();
  bool beginsType(unsigned ahead = 0) const;
  void notAnElement(const ast::Name &);

  // ---- the cursor
  const Token &token(unsigned ahead = 0) const { return tokens[std::min<size_t>(here + ahead, tokens.size() - 1)]; }
  bool at(TokenKind kind, unsigned ahead = 0) const { return !panicking && token(ahead).kind == kind; }
  bool atWord(std::string_view word, unsigned ahead = 0) const {
    return at(TokenKind::Name, ahead) && textOf(here + ahead) == word;
  }
  bool atOpeningSquare() const { return at(TokenKind::LeftSquare) || at(TokenKind::IndexSquare); }
  bool accept(TokenKind);
  bool expect(TokenKind, std::string_view help = {});
  bool expectBrace();
  std::optional<ast::Name> acceptName();
  ast::Name name(const char *what);
  std::string_view textOf(unsigned token) const { return sources.text(tokens[token].range); }
  /// From the token numbered `begin` to the one before the cursor.
  Range since(unsigned begin) const;
  /// The `///` lines between the token numbered `begin` and the one before it.
  std::string documentation(unsigned begin) const;
  std::string documentationOf(unsigned first, unsigned last) const;

  /// The items between the bracket before the cursor and its partner, and the partner.
  template <typename Item> void items(Item item);
  /// Statements, members or entries up to the token `end`.
  template <typename Item> void lines(unsigned end, Item item);
  /// To where the next one begins, after an error in the one that began at `begin`.
  void skipLine(unsigned begin, unsigned end);
  void pairBrackets();
  bool nestsTooDeep();

  // ---- errors
  Diagnostic *fail(Kind, Range, std::string message);
  Diagnostic *unexpected(std::string_view expected, Kind = Kind::UnexpectedToken);
  Diagnostic *noComma(TokenKind closing);
  void noIdle();
  std::string found() const;
  bool foreignWord(unsigned place);
  std::string foreignMend(std::string_view expected) const;
  std::string expressionMend() const;

  const Sources &sources;
  const FileId id;
  Diagnostics &diagnostics;
  std::vector<Token> tokens;     // without comments
  std::vector<Token> comments;   // documentation only
  std::vector<unsigned> docs;    // of a token: how many `comments` stand before it
  std::vector<unsigned> partner; // of a bracket: the other one
  unsigned firstDoc = 0;         // those before it describe the file
  unsigned here = 0;
  bool panicking = false;
};

template <typename Item> void Grammar::items(Item item) {
  unsigned end = partner[here - 1];
  while (here < end && !panicking) {
    noIdle();
    item();
    if (here < end && !accept(TokenKind::Comma) && !panicking)
      noComma(tokens[end].kind);
  }
  noIdle();
  panicking = false;
  here = end + 1;
}

template <typename Item> void Grammar::lines(unsigned end, Item item) {
  while (true) {
    while (here < end && (at(TokenKind::Newline) || at(TokenKind::Semicolon)))
      ++here;
    if (here >= end)
      return;
    unsigned begin = here;
    item();
    if (!panicking && here < end && !at(TokenKind::Newline) && !at(TokenKind::Semicolon))
      unexpected("the end of the statement");
    if (panicking)
      skipLine(begin, end);
  }
}

} // namespace heed
