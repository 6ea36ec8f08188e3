export { UsersModule } from './users.module.js';
export { isTaken, UsersService, type NewUser } from './users.service.js';
export { User, type UserProfile } from './user.entity.js';
export { judgeHash, type HashVerdict } from './stored-hash.js';
export { PasswordHasher } from './password-hasher.js';
export { isAcceptablePassword } from './password-policy.js';
export { canonicalAddress, IsEmailAddress } from './email-address.js';
export { checkedMetadata, checkedRoles, isRole } from './roles.js';
export { isName, Names, toUserResponse, UserResponse } from './user.dto.js';
