// The whole page: who is not signed in sees the way in, who is sees what their key may do.
import { resuming, session } from '../api/session.js';
import { Loading } from '../ui/states.js';
import { Frame } from './frame.js';
import { SignIn } from './sign-in.js';

export function App() {
  if (resuming.value) {
    return (
      <main class="sign-in">
        <Loading />
      </main>
    );
  }
  return session.value === undefined ? <SignIn /> : <Frame />;
}
