// Brackets are paired before anything else is decided: which newlines count depends on the innermost open bracket, and
// so does where the parser goes on after an error. In: the tokens as scanned. Out: the same, every bracket paired; what
// was missing is reported.
#pragma once

#include "lang/lex/Lexer.h"

namespace heed {

void balanceBrackets(std::vector<Token> &, const Sources &, Diagnostics &);

} // namespace heed
