// The codes that the vendor's documentation lists, with their meanings. They are labels to show, not a closed list:
// codes that are not here are stored too.

/** The meaning of each code. */
export type CodeTable = ReadonlyMap<string, string>;

/** `statusCode`: the carrier's result, from the tables of the vendor's voice service. */
export const STATUS_CODES: CodeTable = new Map([
  ['200000', 'The callee listened to the end'],
  ['200001', 'The callee hung up early'],
  ['200002', 'The callee was busy'],
  ['200003', 'No answer'],
  ['200004', 'Invalid number'],
  ['200005', 'The callee could not be reached'],
  ['200006', 'Bad audio format'],
  ['200007', 'Out of the service area'],
  ['200008', 'No key was pressed in time'],
  ['200010', 'Powered off'],
  ['200011', 'Service suspended'],
  ['200012', 'Call lost or restricted'],
  ['200100', 'Call ended'],
  ['200101', 'Connecting the caller'],
  ['200102', 'The caller answered, connecting the callee'],
  ['200103', 'In conversation'],
  ['200104', 'The caller is restricted'],
  ['200105', 'The callee is restricted'],
  ['200111', 'The callee could not be reached (rejected)'],
  ['200112', 'The callee was busy'],
  ['200113', 'The callee did not answer'],
  ['200116', "The callee's number is invalid"],
  ['200117', 'The number shown is invalid'],
  ['200118', 'Outside the hours that the supplier allows'],
  ['200119', 'More often than the supplier allows'],
  ['200120', 'Out of the area'],
  ['200121', 'Too many calls at once'],
  ['200130', 'Not recognised'],
  ['300000', 'A key was pressed'],
  ['9996', 'Not established, or ended already'],
  ['999999', 'System error'],
  ['500', "The carrier's error"],
  ['482', 'The number is not available'],
  ['476', 'The number has been reclaimed'],
  ['400', 'A network element was busy'],
]);

/** `smartStatusCode`: the product's own result. */
export const SMART_STATUS_CODES: CodeTable = new Map([
  ['ANSWERED', 'Connected'],
  ['CANCEL', 'The caller cancelled'],
  ['CALL_REJECTED', 'Rejected'],
  ['CALL_FORWARDING', 'Forwarded'],
  ['INCOMING_CALL_BARRED', 'Incoming calls are barred'],
  ['INVALID_NUMBER', 'The number does not exist'],
  ['NO_ANSWER', 'No answer'],
  ['NO_USER_RESPONDING', 'Out of the service area'],
  ['NO_USER_RESPONSE', 'Out of the service area'],
  ['NETWORK_BUSY', 'The network was busy'],
  ['OPERATOR_BLOCK', 'Blocked by the carrier'],
  ['POWERED_OFF', 'Powered off'],
  ['SUSPEND', 'Service suspended'],
  ['USER_BUSY', 'Busy'],
  ['UNAVAILABLE', 'Cannot be reached at present'],
  ['INTELLIGENT_ANSWER', 'A voicemail or an assistant answered'],
  ['OTHERS', 'Other'],
  ['OTHER', 'Other'],
]);

/** `hangupDirection`: who hung up. The vendor has sent it in English and in Chinese. */
export const HANGUP_DIRECTIONS: CodeTable = new Map([
  ['User', 'The person called'],
  ['Machine', 'The service'],
  ['用户', 'The person called'],
  ['机器', 'The service'],
]);
