// Answers an HTTP request in the server's name, with a redirect or a block page.
#pragma once

#include "actions/forgery.hpp"

namespace deadair::middlebox {

class HttpAnswer final : public Action {
 public:
  static ActionPtr from(Fields& fields);
  Outcome act(Transit& transit, Memory& memory, std::vector<Injection>& injections) override;

 private:
  Forgery forgery_;
  std::string text_;  // the whole response
  bool fin_ = true;   // the last segment ends the connection
  bool drop_ = false;
  bool reset_server_ = false;
  std::int64_t delay_ns_ = 0;
};

}  // namespace deadair::middlebox
