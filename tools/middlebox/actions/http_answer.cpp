// Answers an HTTP request in the server's name, with a redirect or a block page.
#include "actions/http_answer.hpp"

#include "actions/reset.hpp"

namespace deadair::middlebox {
namespace {

std::string reason_of(std::int64_t status) {
  switch (status) {
    case 200:
      return "OK";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 307:
      return "Temporary Redirect";
    case 451:
      return "Unavailable For Legal Reasons";
    default:
      return "Forbidden";
  }
}

std::string response(std::int64_t status, const std::string& location, const std::string& body) {
  std::string text = "HTTP/1.1 " + std::to_string(status) + " " + reason_of(status) + "\r\n";
  if (!location.empty()) text += "Location: " + location + "\r\n";
  text += "Content-Type: text/html\r\nContent-Length: " + std::to_string(body.size()) +
          "\r\nConnection: close\r\n\r\n";
  return text + body;
}

}  // namespace

ActionPtr HttpAnswer::from(Fields& fields) {
  constexpr std::size_t kMostText = 1400;
  auto action = std::make_unique<HttpAnswer>();
  const std::string location = fields.text("location", "");
  const std::string body =
      fields.text("body", location.empty() ? "<html><h1>Access denied</h1></html>" : "");
  const std::int64_t status = fields.integer("status", location.empty() ? 403 : 302, 200, 599);
  action->text_ = response(status, location, body);
  if (action->text_.size() > kMostText) fields.fail("body", "must fit one segment (1400 bytes)");
  action->fin_ = fields.flag("fin", true);
  action->drop_ = fields.flag("drop", false);
  action->reset_server_ = fields.flag("reset_server", false);
  action->delay_ns_ = fields.milliseconds("delay_ms", 0);
  action->forgery_ = Forgery::from(fields);
  return action;
}

Outcome HttpAnswer::act(Transit& transit, Memory& memory, std::vector<Injection>& injections) {
  namespace flag = wire::tcp_flag;
  const FlowSide& client = transit.flow->side(Way::up);
  const FlowSide& server = transit.flow->side(Way::down);
  if (transit.way != Way::up || transit.packet().proto != wire::ip_proto::kTcp)
    return Outcome::untouched;
  const auto send = [&](Way way, std::uint8_t flags, std::string_view text) {
    const FlowSide& claimed = way == Way::up ? client : server;
    const FlowSide& victim = way == Way::up ? server : client;
    const Position at = position_for(transit, way, !drop_);
    const auto header = forgery_.next(claimed, victim, transit.packet(), memory);
    const Bytes packet =
        tcp_packet(header.ip, {claimed.port, victim.port, at.seq, at.ack, flags, header.window},
                   ByteView::of(text));
    injections.push_back(
        {frame_like(transit.frame, transit.headers, way != transit.way, ByteView(packet)), way,
         delay_ns_});
  };
  const std::uint8_t fin = fin_ ? flag::kFin : std::uint8_t{0};
  send(Way::down, static_cast<std::uint8_t>(flag::kPsh | flag::kAck | fin), text_);
  if (reset_server_) send(Way::up, flag::kRst | flag::kAck, {});
  return drop_ ? Outcome::dropped : Outcome::changed;
}

}  // namespace deadair::middlebox
