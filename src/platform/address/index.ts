export { clientAddressOf, groupsOf, shortestForm } from './client-address.js';
export { trusts } from './proxies.js';
